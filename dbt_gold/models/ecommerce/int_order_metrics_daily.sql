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
    where {{ in_months('order_date', look_up_daily_scope(ref('orders')).months) }}
),

final as (
    select
        order_dates.order_date,
        count(orders.order_id) as orders,
        count(distinct orders.customer_id) as customers,
        count_if(orders.counts_as_revenue) as revenue_orders,
        cast(coalesce(sum(orders.total_amount) filter (where orders.counts_as_revenue), 0) as decimal(38, 2)) as revenue,
        count_if(orders.order_status = 'cancelled') as cancelled_orders,
        count_if(orders.order_status = 'returned') as returned_orders,
        cast(min(orders.created_at) as date) as first_partition_date,
        -- Null, which the MERGE takes as a delete, where no order is left.
        max(orders.last_partition_date) as source_partition_date
    from order_dates
    left join orders on order_dates.order_date = orders.order_day
    group by order_dates.order_date
)

select * from final
