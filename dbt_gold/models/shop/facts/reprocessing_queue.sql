{% set waiting = {
    'fact_orders': {'customer': 'customer_id', 'address': 'address_id'},
    'fact_sales': {'product': 'product_id', 'supplier': 'product_id'},
} %}

with

final as (
    {%- for fact, dimensions in waiting.items() %}
    {%- set outer = loop %}
    {%- for dimension, column in dimensions.items() %}
    select
        '{{ fact }}' as fact,
        order_id,
        {{ 'product_id' if fact == 'fact_sales' else 'cast(null as bigint)' }} as product_id,
        'dim_{{ dimension }} has no row for {{ column }} ' || coalesce(cast({{ column }} as varchar), 'null')
        || ' at ' || date_format(order_ts, '%Y-%m-%d %H:%i:%s') as reason,
        source_partition_date as partition_date
    from {{ ref(fact).render() }}
    where is_waiting and {{ dimension }}_key = -1
    {{ 'union all' if not (outer.last and loop.last) }}
    {%- endfor %}
    {%- endfor %}
)

select * from final
