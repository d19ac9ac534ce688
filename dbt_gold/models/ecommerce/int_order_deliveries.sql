with

{{ keyed_merge(
    lines="(select * from " ~ source('ecommerce', 'order_lines') ~ " where order_status = 'delivered')",
    key=['order_id'],
    attributes=[],
    rank=['partition_date'],
    month_of='created_at',
) }}

select * from changes
