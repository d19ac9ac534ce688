with

{{ keyed_merge(
    lines=source('post', 'parcels'),
    key=['parcel_id'],
    attributes=['sender', 'posted_at', 'postage', 'state'],
    rank=['partition_date'],
    month_of='posted_at',
) }},

final as (
    select
        parcel_id,
        sender,
        posted_at,
        postage,
        state,
        created_at,
        source_partition_date
    from changes
)

select * from final
