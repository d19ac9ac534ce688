with

history as (
    select * from {{ ref('int_customer_history').render() }}
),

lifetime_values as (
    select * from {{ ref('customer_lifetime_value').render() }}
),

final as (
    select
        history.customer_key,
        history.source_system,
        history.customer_id,
        history.name,
        history.email,
        history.city,
        history.region,
        history.signup_date,
        coalesce(lifetime_values.lifetime_value, 0) as lifetime_value,
        history.valid_from,
        history.valid_to,
        history.is_current
    from history
    left join lifetime_values on history.customer_id = lifetime_values.customer_id
    union all
    {{ unknown_member() }}
)

select * from final
