{% set named %}
    (
        select
            {{ as_received('order_id') }} as order_id,
            coalesce({{ as_received('product_id') }}, '') as product_id,
            partition_date
        from {{ source('quality', 'quarantine') }}
        where {{ is_refused_by('ecommerce', 'order_lines') }} and {{ as_received('order_id') }} <> ''
    )
{% endset %}

with

{{ keyed_merge(
    lines=named,
    key=['order_id', 'product_id'],
    attributes=[],
    rank=['partition_date'],
) }}

select * from changes
