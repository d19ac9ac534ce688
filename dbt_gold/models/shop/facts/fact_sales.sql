{% set months = look_up_months_of_orders().months %}
{% set key = ['order_id', 'product_id'] %}
{% do merge_only_in_months('order_ts', months) %}

with

orders_of_run as (
    {{ orders_of_run() }}
),

orders as (
    select fact.*
    from {{ ref('fact_orders') }} as fact
    inner join orders_of_run on fact.order_id = orders_of_run.order_id
    where {{ in_months('fact.order_ts', months) }}
),

items as (
    select * from ({{ versions_of_orders('order_item', months, ['quantity', 'unit_price', 'source_partition_date']) }})
    where place = 1 and operation <> 'd'
),

keyed as (
    select
        items.order_id,
        items.product_id,
        orders.source_system,
        orders.date_key,
        orders.customer_key,
        coalesce(product.product_key, -1) as product_key,
        coalesce(supplier.supplier_key, -1) as supplier_key,
        orders.store_key,
        orders.address_key,
        orders.payment_key,
        orders.status_key,
        orders.customer_id,
        orders.order_ts,
        items.quantity,
        items.unit_price,
        cast(items.quantity * items.unit_price as decimal(38, 2)) as line_revenue,
        greatest(items.source_partition_date, orders.source_partition_date) as source_partition_date
    from items
    inner join orders on items.order_id = orders.order_id
    left join {{ ref('int_product_history') }} as product
        on items.product_id = product.product_id and {{ is_valid_at('product', 'orders.order_ts') }}
    left join {{ ref('dim_supplier') }} as supplier on product.supplier_id = supplier.supplier_id
),

computed as (
    select
        *,
        least(product_key, supplier_key, customer_key, address_key) = -1 as is_waiting
    from keyed
),

final as (
    {{ changes_of('computed', held_of_orders(months), key, columns_beside(key)) }}
)

select * from final
