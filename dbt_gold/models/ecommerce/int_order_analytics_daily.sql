with

-- render() leaves out the filter of `dbt run --empty`, with which the view would stay empty.
orders as (
    select
        cast(order_date as date) as order_date,
        payment_method,
        shipping_method,
        order_status,
        total_amount,
        delivered_date
    from {{ ref('orders').render() }}
),

final as (
    select
        order_date,
        payment_method,
        shipping_method,
        order_status,
        count(*) as orders,
        cast(sum(total_amount) as decimal(38, 2)) as order_value,
        count(delivered_date) as dated_deliveries,
        coalesce(sum(date_diff('day', order_date, delivered_date)), 0) as days_to_delivery
    from orders
    group by order_date, payment_method, shipping_method, order_status
)

select * from final
