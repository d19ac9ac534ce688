with

{{ keyed_merge(
    lines=source('ecommerce', 'order_lines'),
    key=['customer_id'],
    attributes=[
        'customer_name', 'email', 'phone', 'address', 'city', 'state', 'zip_code', 'customer_segment', 'registration_date',
    ],
    rank=['order_date', 'partition_date', 'order_id', 'product_id'],
) }}

select
    *,
    cast(source_partition_date as timestamp(6)) as updated_at
from changes
