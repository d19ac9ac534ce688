{# The city in which the customer lived at the time of the sale. #}
with

final as (
    select
        customer.city,
        customer.region,
        count(distinct sale.order_id) as orders,
        sum(sale.line_revenue) as revenue
    from {{ ref('fact_sales') }} as sale
    inner join {{ ref('dim_customer') }} as customer on sale.customer_key = customer.customer_key
    inner join {{ ref('dim_status') }} as status on sale.status_key = status.status_key
    where {{ counts_as_sale('status.status') }}
    group by customer.city, customer.region
)

select * from final
order by revenue desc, city asc
