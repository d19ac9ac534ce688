{#
  Adapted from customer_lifetime_value.original.txt:
  - Only orders that count as revenue: cancelled and returned orders are worth nothing.
  - A customer who bought on one day only has no daily value (the original divides by zero) and does not count in its average.
  - DATEDIFF is date_diff in Trino. Between times it counts whole 24 hours, so it is given dates.
  - Averages have six digits, as all ratios. The original rounds to two.
#}
with

customers as (
    select * from {{ ref('customers') }}
),

orders as (
    select * from {{ ref('orders') }}
    where {{ counts_as_revenue('order_status') }}
),

customer_metrics as (
    select
        customers.customer_id,
        customers.customer_segment,
        count(*) as total_orders,
        sum(orders.total_amount) as total_spent,
        date_diff('day', cast(min(orders.order_date) as date), cast(max(orders.order_date) as date)) as customer_lifespan_days
    from customers
    inner join orders on customers.customer_id = orders.customer_id
    group by customers.customer_id, customers.customer_segment
),

daily as (
    select
        *,
        {{ safe_divide('total_spent', 'customer_lifespan_days') }} as daily_value
    from customer_metrics
),

final as (
    select
        customer_segment,
        count(*) as customer_count,
        {{ safe_divide('sum(total_orders)', 'count(*)') }} as avg_orders,
        {{ safe_divide('sum(total_spent)', 'count(*)') }} as avg_spent,
        {{ safe_divide('sum(customer_lifespan_days)', 'count(*)') }} as avg_lifespan_days,
        {{ safe_divide('sum(daily_value)', 'count(daily_value)') }} as daily_value
    from daily
    group by customer_segment
)

select * from final
order by avg_spent desc, customer_segment asc
