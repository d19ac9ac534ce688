{% set months = look_up_daily_scope(ref('orders')).months %}
{% set key = ['order_date', 'payment_method', 'shipping_method', 'order_status'] %}
{% set values = [
    'orders', 'order_value', 'dated_deliveries', 'days_to_delivery', 'first_partition_date', 'source_partition_date',
] %}
{{ merge_months_of('order_date', months) }}

with

order_dates as (
    {{ order_dates_to_recompute(ref('orders')) }}
),

orders as (
    select
        *,
        cast(order_date as date) as order_day
    from {{ ref('orders') }}
    where {{ in_months('order_date', months) }}
),

computed as (
    select
        orders.order_day as order_date,
        orders.payment_method,
        orders.shipping_method,
        orders.order_status,
        count(*) as orders,
        cast(sum(orders.total_amount) as decimal(38, 2)) as order_value,
        count(orders.delivered_date) as dated_deliveries,
        coalesce(sum(date_diff('day', orders.order_day, orders.delivered_date)), 0) as days_to_delivery,
        cast(min(orders.created_at) as date) as first_partition_date,
        max(orders.last_partition_date) as source_partition_date
    from order_dates
    inner join orders on order_dates.order_date = orders.order_day
    group by orders.order_day, orders.payment_method, orders.shipping_method, orders.order_status
),

final as (
    {{ daily_changes('computed', key, values, months) }}
)

select * from final
