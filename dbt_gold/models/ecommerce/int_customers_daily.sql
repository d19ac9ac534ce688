{% set months = look_up_daily_scope(ref('orders')).months %}

with

order_dates as (
    {{ order_dates_to_recompute(ref('orders')) }}
),

orders as (
    select * from {{ ref('orders') }}
    where {{ in_months('order_date', months) }}
),

computed as (
    select
        order_dates.order_date,
        count(distinct orders.customer_id) as customers,
        cast(min(orders.created_at) as date) as first_partition_date,
        max(orders.last_partition_date) as source_partition_date
    from order_dates
    inner join orders on order_dates.order_date = cast(orders.order_date as date)
    group by order_dates.order_date
),

final as (
    {{ daily_changes('computed', ['order_date'], ['customers', 'first_partition_date', 'source_partition_date'], months) }}
)

select * from final
