{# The share of the customers with an order that have more than one, cancelled ones not counted. #}
with

by_customer as (
    select
        customer_id,
        count(*) as orders
    from {{ ref('fact_orders') }}
    where {{ counts_as_sale('status') }}
    group by customer_id
),

final as (
    select
        count(*) as customers,
        count_if(orders > 1) as repeat_customers,
        {{ safe_divide('count_if(orders > 1)', 'count(*)') }} as repeat_customer_rate
    from by_customer
)

select * from final
