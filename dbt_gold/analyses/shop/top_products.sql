{# Named as today: a product that was renamed is one product. #}
with

names as (
    select
        product_id,
        name,
        category,
        type,
        subtype
    from {{ ref('dim_product') }}
    where is_current
),

final as (
    select
        sale.product_id,
        names.name,
        names.category,
        names.type,
        names.subtype,
        sum(sale.quantity) as quantity,
        sum(sale.line_revenue) as revenue
    from {{ ref('fact_sales') }} as sale
    inner join {{ ref('dim_status') }} as status on sale.status_key = status.status_key
    left join names on sale.product_id = names.product_id
    where {{ counts_as_sale('status.status') }}
    group by sale.product_id, names.name, names.category, names.type, names.subtype
)

select * from final
order by revenue desc, product_id asc
limit 10
