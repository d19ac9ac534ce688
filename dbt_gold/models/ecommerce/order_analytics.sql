with

-- render() leaves out the filter of `dbt run --empty`, with which the view would stay empty.
daily as (
    select
        *,
        {{ counts_as_revenue('order_status') }} as counts_as_revenue
    from {{ ref('int_order_analytics_daily').render() }}
),

final as (
    select
        order_date,
        payment_method,
        shipping_method,
        order_status,
        orders,
        order_value,
        if(counts_as_revenue, order_value, 0) as revenue,
        {{ safe_divide('if(counts_as_revenue, order_value)', 'orders') }} as average_order_value,
        {{ safe_divide(
            "sum(if(order_status = 'cancelled', orders, 0)) over (partition by order_date, payment_method, shipping_method)",
            'sum(orders) over (partition by order_date, payment_method, shipping_method)',
        ) }} as cancelled_share,
        dated_deliveries,
        days_to_delivery,
        {{ safe_divide('days_to_delivery', 'dated_deliveries') }} as average_days_to_delivery
    from daily
)

select * from final
