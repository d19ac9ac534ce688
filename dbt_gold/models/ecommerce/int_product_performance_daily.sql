{% set scope = look_up_order_dates(ref('orders')) %}
{% set months = months_of(scope.days) %}
{% set values = ['orders', 'quantity', 'revenue', 'discount_amount', 'first_partition_date', 'source_partition_date'] %}
{% do merge_only_in_months('order_date', months) %}

with

orders as (
    select
        order_id,
        cast(order_date as date) as order_day,
        {{ counts_as_revenue('order_status') }} as counts_as_revenue,
        created_at,
        last_partition_date
    from {{ ref('orders') }}
    where
        {{ in_months('order_date', months) }}
        and {{ in_days('cast(order_date as date)', scope.days) }}
),

order_items as (
    select
        order_id,
        product_id,
        quantity,
        total_amount,
        discount
    from {{ ref('order_items') }}
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
    from orders
    inner join order_items on orders.order_id = order_items.order_id
    group by orders.order_day, order_items.product_id
),

final as (
    {{ daily_changes('computed', scope.days, 'order_date', ['order_date', 'product_id'], values) }}
)

select * from final
