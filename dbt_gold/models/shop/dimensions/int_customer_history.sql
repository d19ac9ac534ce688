{% set tracked = ['name', 'email', 'city', 'region', 'signup_date'] %}
{% set values = ['source_system', 'customer_id'] + tracked + ['valid_from', 'valid_to', 'is_current', 'source_partition_date'] %}

with

{{ history('customer', tracked) }},

final as (
    {% set held %}(
        select held.* from {{ held_rows() }} as held
        inner join touched on held.customer_id = touched.customer_id
    ){% endset %}
    {{ changes_of('computed', held, ['customer_key'], values) }}
)

select * from final
