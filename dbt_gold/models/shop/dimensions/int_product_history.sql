{% set tracked = ['name', 'category', 'unit_price', 'subtype_id', 'supplier_id'] %}
{% set values = ['source_system', 'product_id'] + tracked + ['valid_from', 'valid_to', 'is_current', 'source_partition_date'] %}

with

{{ history('product', tracked) }},

final as (
    {% set held %}(
        select held.* from {{ held_rows() }} as held
        inner join touched on held.product_id = touched.product_id
    ){% endset %}
    {{ changes_of('computed', held, ['product_key'], values) }}
)

select * from final
