{# The category that the product had at the time of the sale. #}
with

final as (
    select
        product.category,
        sum(sale.quantity) as quantity,
        sum(sale.line_revenue) as revenue
    from {{ ref('fact_sales') }} as sale
    inner join {{ ref('dim_product') }} as product on sale.product_key = product.product_key
    inner join {{ ref('dim_status') }} as status on sale.status_key = status.status_key
    where {{ counts_as_sale('status.status') }}
    group by product.category
)

select * from final
order by revenue desc, category asc
