{% set scope = look_up_daily_scope(ref('orders'), of_lines=true) %}
{% set values = ['orders', 'quantity', 'revenue', 'discount_amount', 'first_partition_date', 'source_partition_date'] %}
{% do merge_only_in_months('order_date', scope.months) %}

with

order_dates as (
    {{ order_dates_to_recompute(ref('orders')) }}
),

orders as (
    select
        *,
        cast(order_date as date) as order_day,
        {{ counts_as_revenue('order_status') }} as counts_as_revenue
    from {{ ref('orders') }}
    where {{ in_months('order_date', scope.months) }}
),

order_items as (
    select * from {{ ref('order_items') }}
    where {{ in_line_days('order_date', scope) }}
),

computed as (
    select
        orders.order_day as order_date,
        order_items.product_id,
        count(*) as orders,
        coalesce(sum(order_items.quantity) filter (where orders.counts_as_revenue), 0) as quantity,
        cast(coalesce(sum(order_items.total_amount) filter (where orders.counts_as_revenue), 0) as decimal(38, 2)) as revenue,
        cast(coalesce(sum(order_items.discount) filter (where orders.counts_as_revenue), 0) as decimal(38, 2)) as discount_amount,
        cast(min(orders.created_at) as date) as first_partition_date,
        max(orders.last_partition_date) as source_partition_date
    from order_dates
    inner join orders on order_dates.order_date = orders.order_day
    inner join order_items on orders.order_id = order_items.order_id
    group by orders.order_day, order_items.product_id
),

final as (
    {{ daily_changes('computed', ['order_date', 'product_id'], values, scope.months) }}
)

select * from final
