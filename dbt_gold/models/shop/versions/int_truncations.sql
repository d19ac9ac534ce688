{% set tables = [
    'customers', 'products', 'orders', 'order_items', 'addresses', 'customer_addresses', 'product_types',
    'product_subtypes', 'suppliers', 'payments', 'refunds', 'shipments', 'shipment_lines',
] %}
{% set key = ['table_name', 'position'] %}
{% do merge_only_in_months('source_partition_date', months_of_run()) %}

with

truncations as (
    {%- for table in tables %}
    select
        '{{ table }}' as table_name,
        _pos as position,
        _at as changed_at,
        partition_date as source_partition_date
    from {{ source('shop', table) }}
    where {{ in_run('partition_date') }} and _op = 't'
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    {% set held %}(select * from {{ held_rows() }} where {{ in_run('source_partition_date') }}){% endset %}
    {{ changes_of('truncations', held, key, ['changed_at', 'source_partition_date']) }}
)

select * from final
