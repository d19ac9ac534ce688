with

ranked as (
    select
        *,
        row_number() over (partition by domain, partition_date order by recorded_at desc) as place
    from {{ ref('int_published_days').render() }}
),

final as (
    select
        domain,
        partition_date,
        is_complete,
        reason,
        run_id,
        recorded_at
    from ranked
    where place = 1
)

select * from final
