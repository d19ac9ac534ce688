with

orders as (
    select * from {{ ref('fact_orders').render() }}
),

final as (
    select
        customer_id,
        count(*) as orders,
        cast(sum(amount - refunded_amount) as decimal(38, 2)) as lifetime_value
    from orders
    where {{ counts_as_sale('status') }}
    group by customer_id
)

select * from final
