{# What belongs to an order, each with the column that names it; of a line, that tells it from others of its order. #}
{% macro ids_of_parts_of_orders() %}
    {{ return({
        'order': 'order_id', 'order_item': 'product_id', 'payment': 'payment_id', 'refund': 'refund_id', 'shipment': 'shipment_id',
    }) }}
{% endmacro %}

{#
  The orders of which gold may lack something, each with its `refused_partition_date`; CTEs that end in `refused`. Silver refused a
  version of the order, or of a line, payment, refund or parcel of it, and has no newer version of the same key. The version counts
  for the order that it names, and for the order at which gold still shows the row: a delete names no order, and a row that is moved
  names the new one. `days` is empty if no refused version came to gold; then nothing is read.
#}
{% macro refused_of_orders(months, days) -%}
{%- if days -%}
refused_versions as (
    select
        version.*,
        coalesce(truncation.position, '') as emptied_at
    from {{ ref('int_refused_versions') }} as version
    left join (
        select
            table_name,
            max(position) as position
        from {{ ref('int_truncations') }}
        group by table_name
    ) as truncation
        on version.table_name = truncation.table_name
    where {{ in_days_since(months, 'version.source_partition_date') }} and version.position > coalesce(truncation.position, '')
),

good_versions as (
    {%- for row, id in ids_of_parts_of_orders().items() %}
    select
        '{{ table_of(row) }}' as table_name,
        {{ id }} as id,
        order_id,
        operation,
        position
    from {{ ref('int_' ~ row ~ '_versions') }}
    where {{ in_days_since(months) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

not_replaced as (
    select
        refused.order_id,
        refused.source_partition_date,
        max_by(if(good.operation <> 'd', good.order_id), good.position) as shown_order_id
    -- With the join in this order Trino hashes the few refused versions.
    from good_versions as good
    right join refused_versions as refused
        on
            good.table_name = refused.table_name
            and good.id = refused.id
            and (good.table_name <> 'order_items' or good.order_id = refused.order_id)
            and good.position > refused.emptied_at
    group by refused.table_name, refused.id, refused.order_id, refused.position, refused.source_partition_date
    having coalesce(max(good.position) < refused.position, true)
),

refused as (
    select
        named.order_id,
        max(not_replaced.source_partition_date) as refused_partition_date
    from not_replaced
    cross join unnest(array[not_replaced.order_id, not_replaced.shown_order_id]) as named (order_id)
    group by named.order_id
)
{%- else -%}
refused as (
    select
        cast(null as bigint) as order_id,
        cast(null as date) as refused_partition_date
    where false
)
{%- endif -%}
{%- endmacro %}
