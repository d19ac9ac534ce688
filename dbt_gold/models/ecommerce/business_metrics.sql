with

-- render() leaves out the filter of `dbt run --empty`, with which the view would stay empty.
order_analytics as (
    select * from {{ ref('order_analytics').render() }}
),

customers_daily as (
    select * from {{ ref('int_customers_daily').render() }}
),

category_performance as (
    select * from {{ ref('category_performance').render() }}
),

orders_by_day as (
    select
        order_date,
        sum(orders) as orders,
        sum(if({{ counts_as_revenue('order_status') }}, orders, 0)) as revenue_orders,
        cast(sum(revenue) as decimal(38, 2)) as revenue,
        sum(if(order_status = 'delivered', orders, 0)) as delivered_orders,
        sum(if(order_status = 'cancelled', orders, 0)) as cancelled_orders,
        sum(if(order_status = 'returned', orders, 0)) as returned_orders,
        sum(dated_deliveries) as dated_deliveries,
        sum(days_to_delivery) as days_to_delivery
    from order_analytics
    group by order_date
),

categories_by_day as (
    select
        order_date,
        map_agg(category, revenue_share) as category_revenue_shares,
        sum(discount_amount) as discount_amount
    from category_performance
    group by order_date
),

final as (
    select
        orders_by_day.order_date,
        orders_by_day.orders,
        customers_daily.customers,
        orders_by_day.revenue,
        {{ safe_divide('orders_by_day.revenue', 'orders_by_day.revenue_orders') }} as average_order_value,
        {{ growth('orders_by_day.revenue', 'orders_by_day.order_date', "interval '1' day") }} as revenue_growth_to_day_before,
        {{ growth('orders_by_day.revenue', 'orders_by_day.order_date', "interval '7' day") }} as revenue_growth_to_week_before,
        {{ growth('orders_by_day.revenue', 'orders_by_day.order_date', "interval '1' month") }} as revenue_growth_to_month_before,
        categories_by_day.category_revenue_shares,
        {{ safe_divide('orders_by_day.delivered_orders', 'orders_by_day.orders') }} as delivered_share,
        {{ safe_divide('orders_by_day.cancelled_orders', 'orders_by_day.orders') }} as cancelled_share,
        {{ safe_divide('orders_by_day.returned_orders', 'orders_by_day.orders') }} as returned_share,
        {{ safe_divide(
            'categories_by_day.discount_amount', 'orders_by_day.revenue + categories_by_day.discount_amount'
        ) }} as discount_rate,
        {{ safe_divide('orders_by_day.days_to_delivery', 'orders_by_day.dated_deliveries') }} as average_days_to_delivery
    from orders_by_day
    left join customers_daily on orders_by_day.order_date = customers_daily.order_date
    left join categories_by_day on orders_by_day.order_date = categories_by_day.order_date
)

select * from final
