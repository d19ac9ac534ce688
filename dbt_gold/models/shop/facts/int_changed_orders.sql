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
    {{ keys_of_run('order', 'order_id') }}
    {%- for child in children %}
    union
    {{ keys_of_run(child, 'order_id') }}
    {%- if child != 'order_item' %}
    {%- set id = child ~ '_id' %}
    union
    -- A row that is deleted, or moved to another order, belonged to this one before, or a refused version of it did.
    select order_id
    from (
        select order_id, {{ id }}
        from {{ ref('int_' ~ child ~ '_versions') }}
        {%- if changed.refused %}
        union all
        select order_id, id
        from {{ ref('int_refused_versions') }}
        where table_name = '{{ table_of(child) }}'
        {%- endif %}
    )
    {#- A row that begins belonged to no order before, unless silver refused that it ended. #}
    where order_id is not null and {{ id }} in ({{ keys_of_run(child, id, 'true' if changed.refused else "operation <> 'c'") }})
    {%- endif %}
    {%- endfor %}
    {%- for day in changed.customer %}
    union
    select order_id
    from order_versions
    where
        order_ts >= date '{{ day }}'
        and customer_id in ({{ keys_of_run('customer', 'customer_id') }})
    {%- endfor %}
    {%- for day in changed.product %}
    union
    select order_id
    from {{ ref('int_order_item_versions') }}
    where
        order_id in (select order_id from order_versions where order_ts >= date '{{ day }}')
        and product_id in ({{ keys_of_run('product', 'product_id') }})
    {%- endfor %}
    {%- if changed.gone_address %}
    union
    select order_id
    from order_versions
    where address_id in ({{ keys_of_run('address', 'address_id', "operation = 'd'") }})
    {%- endif %}
    {#- Outside of the condition: when dbt asks which models this one reads, no supplier is gone. #}
    {%- set items, products = ref('int_order_item_versions'), ref('int_product_history') %}
    {%- if changed.gone_supplier %}
    union
    select item.order_id
    from {{ items }} as item
    inner join {{ products }} as product on item.product_id = product.product_id
    where product.supplier_id in ({{ keys_of_run('supplier', 'supplier_id', "operation = 'd'") }})
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
