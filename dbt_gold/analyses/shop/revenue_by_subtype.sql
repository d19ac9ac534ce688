with

final as (
    select
        product.type,
        product.subtype,
        sum(sale.quantity) as quantity,
        sum(sale.line_revenue) as revenue
    from {{ ref('fact_sales') }} as sale
    inner join {{ ref('dim_product') }} as product on sale.product_key = product.product_key
    inner join {{ ref('dim_status') }} as status on sale.status_key = status.status_key
    where {{ counts_as_sale('status.status') }}
    group by product.type, product.subtype
)

select * from final
order by revenue desc, type asc, subtype asc
