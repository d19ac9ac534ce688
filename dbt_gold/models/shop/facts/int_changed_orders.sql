{% set children = ['order_item', 'payment', 'refund', 'shipment'] %}
{% set changed = look_up_changed_dimensions(['customer', 'product'], ['address', 'supplier']) %}

with

order_versions as (
    select order_id, customer_id, address_id, order_ts, source_partition_date
    from {{ ref('int_order_versions') }}
),

changed as (
    {% if changed.all %}
    select order_id from order_versions
    union
    {%- endif %}
    {{ keys_of_run('order_versions', 'orders', 'order_id') }}
    {%- for child in children %}
    {%- set versions, table = ref('int_' ~ child ~ '_versions'), child ~ 's' %}
    union
    {{ keys_of_run(versions, table, 'order_id') }}
    {%- if child != 'order_item' %}
    union
    -- A row that is deleted, or moved to another order, belonged to this one before.
    select order_id
    from {{ versions }}
    where order_id is not null and {{ child }}_id in ({{ keys_of_run(versions, table, child ~ '_id', "operation <> 'c'") }})
    {%- endif %}
    {%- endfor %}
    {%- set versions = ref('int_customer_versions') %}
    {%- for day in changed.customer %}
    union
    select order_id
    from order_versions
    where
        order_ts >= date '{{ day }}'
        and customer_id in ({{ keys_of_run(versions, 'customers', 'customer_id') }})
    {%- endfor %}
    {%- set versions = ref('int_product_versions') %}
    {%- for day in changed.product %}
    union
    select order_id
    from {{ ref('int_order_item_versions') }}
    where
        order_id in (select order_id from order_versions where order_ts >= date '{{ day }}')
        and product_id in ({{ keys_of_run(versions, 'products', 'product_id') }})
    {%- endfor %}
    {%- set versions = ref('int_address_versions') %}
    {%- if changed.gone_address %}
    union
    select order_id
    from order_versions
    where
        address_id in ({{ keys_of_run(versions, 'addresses', 'address_id', "operation = 'd'") }})
    {%- endif %}
    {%- set versions, items, products = ref('int_supplier_versions'), ref('int_order_item_versions'), ref('int_product_history') %}
    {%- if changed.gone_supplier %}
    union
    select item.order_id
    from {{ items }} as item
    inner join {{ products }} as product on item.product_id = product.product_id
    where
        product.supplier_id in ({{ keys_of_run(versions, 'suppliers', 'supplier_id', "operation = 'd'") }})
    {%- endif %}
),

computed as (
    select
        order_id,
        date '{{ last_run_day() }}' as source_partition_date
    from changed
),

final as (
    {% set held %}(select * from {{ held_rows() }} where {{ 'true' if may_look_up() else 'false' }}){% endset %}
    {{ changes_of('computed', held, ['order_id'], ['source_partition_date']) }}
)

select * from final
