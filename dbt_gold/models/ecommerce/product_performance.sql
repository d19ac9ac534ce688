with

-- render() leaves out the filter of `dbt run --empty`, with which the view would stay empty.
daily as (
    select * from {{ ref('int_product_performance_daily').render() }}
),

products as (
    select * from {{ ref('products').render() }}
),

final as (
    select
        daily.order_date,
        daily.product_id,
        products.product_name,
        products.category,
        products.subcategory,
        products.brand,
        daily.orders,
        daily.quantity,
        daily.revenue,
        {{ share_of_day('daily.revenue', 'daily.order_date') }} as revenue_share,
        daily.discount_amount
    from daily
    left join products on daily.product_id = products.product_id
)

select * from final
