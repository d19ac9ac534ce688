{# The country that the order was delivered to. #}
with

final as (
    select
        address.country,
        count(distinct sale.order_id) as orders,
        sum(sale.line_revenue) as revenue
    from {{ ref('fact_sales') }} as sale
    inner join {{ ref('dim_address') }} as address on sale.address_key = address.address_key
    inner join {{ ref('dim_status') }} as status on sale.status_key = status.status_key
    where {{ counts_as_sale('status.status') }}
    group by address.country
)

select * from final
order by revenue desc, country asc
