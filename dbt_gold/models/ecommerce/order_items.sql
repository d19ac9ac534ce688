with

{{ keyed_merge(
    lines=source('ecommerce', 'order_lines'),
    key=['order_id', 'product_id'],
    attributes=['quantity', 'price', 'discount', 'total_amount', 'order_date'],
    rank=['partition_date'],
    month_of='order_date',
) }}

select
    *,
    cast(source_partition_date as timestamp(6)) as updated_at
from changes
