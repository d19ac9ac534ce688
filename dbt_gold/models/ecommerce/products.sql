with

{{ keyed_merge(
    lines=source('ecommerce', 'order_lines'),
    key=['product_id'],
    attributes=['product_name', 'category', 'subcategory', 'brand', 'price'],
    rank=['order_date', 'partition_date', 'order_id'],
) }}

select
    *,
    cast(source_partition_date as timestamp(6)) as updated_at
from changes
