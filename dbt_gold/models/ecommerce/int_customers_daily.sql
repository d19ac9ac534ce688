with

-- render() leaves out the filter of `dbt run --empty`, with which the view would stay empty.
orders as (
    select
        customer_id,
        cast(order_date as date) as order_date
    from {{ ref('orders').render() }}
),

final as (
    select
        order_date,
        count(distinct customer_id) as customers
    from orders
    group by order_date
)

select * from final
