with

{{ keyed_merge(
    lines=source('ecommerce', 'order_lines'),
    key=['customer_id'],
    attributes=[
        'customer_name', 'email', 'phone', 'address', 'city', 'state', 'zip_code', 'customer_segment', 'registration_date',
    ],
    rank=['order_date', 'partition_date', 'order_id', 'product_id'],
) }},

final as (
    select
        customer_id,
        customer_name,
        email,
        phone,
        address,
        city,
        state,
        zip_code,
        customer_segment,
        registration_date,
        created_at,
        cast(source_partition_date as timestamp(6)) as updated_at,
        source_partition_date,
        source_order_date,
        source_order_id,
        source_product_id
    from changes
)

select * from final
