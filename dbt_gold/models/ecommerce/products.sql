with

{{ keyed_merge(
    lines=source('ecommerce', 'order_lines'),
    key=['product_id'],
    attributes=['product_name', 'category', 'subcategory', 'brand', 'price'],
    rank=['order_date', 'partition_date', 'order_id'],
) }},

final as (
    select
        product_id,
        product_name,
        category,
        subcategory,
        brand,
        price,
        created_at,
        cast(source_partition_date as timestamp(6)) as updated_at,
        source_partition_date,
        source_order_date,
        source_order_id
    from changes
)

select * from final
