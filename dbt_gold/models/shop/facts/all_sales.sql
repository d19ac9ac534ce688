with

shop_sales as (
    select
        '{{ source_system() }}' as source_system,
        cast(sale.order_id as varchar) as order_id,
        cast(sale.product_id as varchar) as product_id,
        cast(sale.customer_id as varchar) as customer_id,
        coalesce(store.store_name, 'unknown') as channel,
        sale.order_ts,
        coalesce(status.status, 'unknown') as status,
        sale.quantity,
        sale.line_revenue,
        {{ counts_as_sale('status.status') }} as counts_as_revenue,
        sale.source_partition_date
    from {{ ref('fact_sales').render() }} as sale
    left join {{ ref('dim_store').render() }} as store on sale.store_key = store.store_key
    left join {{ ref('dim_status').render() }} as status on sale.status_key = status.status_key
    where store.store_name is distinct from 'marketplace' or {{ marketplace_sales_from('shop') }}
),

marketplace_sales as (
    select
        'ecommerce' as source_system,
        item.order_id,
        item.product_id,
        orders.customer_id,
        'marketplace' as channel,
        orders.order_date as order_ts,
        orders.order_status as status,
        item.quantity,
        cast(item.total_amount as decimal(38, 2)) as line_revenue,
        {{ counts_as_revenue('orders.order_status') }} as counts_as_revenue,
        item.source_partition_date
    from {{ ref('order_items').render() }} as item
    inner join {{ ref('orders').render() }} as orders on item.order_id = orders.order_id
    where {{ marketplace_sales_from('feed') }}
),

final as (
    select * from shop_sales
    union all
    select * from marketplace_sales
)

select * from final
