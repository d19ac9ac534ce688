{#
  What the facts of the run's days depend on, looked up once for all facts. `all`: a day, if a table was emptied on the run's days;
  then all orders are recomputed. A dimension's name: the day from which on facts may need another version of the run's keys. No
  day: no fact may. A new customer without older versions has no facts yet, or they wait as unknown.
#}
{% macro look_up_changed_dimensions(dimensions) %}
    {% set query %}
        select 'all', min(source_partition_date) from {{ ref('int_truncations') }}
        where {{ in_run('source_partition_date') }} having count(*) > 0
        {%- for dimension in dimensions %}
        {%- set versions, id = ref('int_' ~ dimension ~ '_versions'), dimension ~ '_id' %}
        union all
        select '{{ dimension }}', cast(min(if(first_here < first_elsewhere, timestamp '1900-01-01 00:00:00', changed_at)) as date)
        from (
            select
                min(position) filter (where {{ in_run('source_partition_date') }}) as first_here,
                min(position) filter (where not {{ in_run('source_partition_date') }}) as first_elsewhere,
                min(changed_at) filter (where {{ in_run('source_partition_date') }}) as changed_at
            from {{ versions }}
            where {{ id }} in (select {{ id }} from {{ versions }} where {{ in_run('source_partition_date') }})
            group by {{ id }}
        )
        where first_elsewhere is not null
        having count(*) > 0
        {%- endfor %}
    {% endset %}
    {% set known = shared('changed_dimensions') %}
    {% if not known %}
        {% set lists = {'all': []} %}
        {% for dimension in dimensions %} {% do lists.update({dimension: []}) %} {% endfor %}
        {% do known.update(look_up(lists, query)) %}
    {% endif %}
    {{ return(known) }}
{% endmacro %}

{#
  The orders whose facts the run may change: those with versions on its days, their own or those of their `children`; those whose
  customer or product has another version now at the time of the order; and those with a fact that waits for a row of a
  dimension (`keys`).
#}
{% macro orders_with_changes(children, dimensions, keys) -%}
    {%- set changed = look_up_changed_dimensions(['customer', 'product']) -%}
    {%- if changed.all -%}
    select order_id from {{ ref('int_order_versions') }}
    union
    select order_id from {{ held_rows() }}
    {%- else -%}
    select order_id from {{ ref('int_order_versions') }} where {{ in_run('source_partition_date') }}
    {%- for child in children %}
    {%- set versions = ref('int_' ~ child ~ '_versions') %}
    union
    select order_id from {{ versions }} where {{ in_run('source_partition_date') }} and order_id is not null
    {%- if child != 'order_item' %}
    union
    -- A row that is deleted, or moved to another order, belonged to this one before.
    select earlier.order_id
    from {{ versions }} as earlier
    inner join {{ versions }} as change on earlier.{{ child }}_id = change.{{ child }}_id
    where earlier.order_id is not null and {{ in_run('change.source_partition_date') }} and change.operation in ('u', 'd')
    {%- endif %}
    {%- endfor %}
    {%- for dimension in dimensions %}
    {%- set id, key = dimension ~ '_id', dimension ~ '_key' %}
    {%- set versions, history = ref('int_' ~ dimension ~ '_versions'), ref('int_' ~ dimension ~ '_history') %}
    {%- if changed[dimension] %}
    union
    select held.order_id
    from {{ held_rows() }} as held
    left join {{ history }} as version
        on held.{{ id }} = version.{{ id }} and {{ is_valid_at('version', 'held.order_ts') }}
    where
        held.order_ts >= date '{{ changed[dimension] | min }}'
        and held.{{ id }} in (
            select {{ id }} from {{ versions }} where {{ in_run('source_partition_date') }}
        )
        and held.{{ key }} <> coalesce(version.{{ key }}, -1)
    {%- endif %}
    {%- endfor %}
    {%- for key in keys %}
    union
    select order_id from {{ held_rows() }} where {{ key }} = -1
    {%- endfor %}
    {%- endif %}
{%- endmacro %}

{# The `months` of these orders, as they are in the table of facts and as they are now. #}
{% macro look_up_months_of_orders(orders) %}
    {% set query %}
        with orders_to_recompute as ({{ orders }})
        select 'months', cast(date_trunc('month', order_ts) as date)
        from {{ held_rows() }}
        where order_id in (select order_id from orders_to_recompute)
        union
        select 'months', cast(date_trunc('month', order_ts) as date)
        from {{ ref('int_order_versions') }}
        where order_id in (select order_id from orders_to_recompute) and order_ts is not null
    {% endset %}
    {{ return(look_up({'months': []}, query).months) }}
{% endmacro %}

{# The versions that orders of these months may have: an order is placed before, or on, the day that brings it. #}
{% macro in_days_since(months) -%}
    {%- if months -%} source_partition_date >= date '{{ months | min }}' - interval '1' day {%- else -%} false {%- endif -%}
{%- endmacro %}

{# The facts of these orders as the table has them. #}
{% macro held_of_orders(months) -%}
    (
        select held.*
        from {{ held_rows() }} as held
        inner join orders_to_recompute on held.order_id = orders_to_recompute.order_id
        where {{ in_months('held.order_ts', months) }}
    )
{%- endmacro %}

{# Whether a version of a dimension was valid at a time. #}
{% macro is_valid_at(version, time) -%}
    {{ version }}.valid_from <= {{ time }} and ({{ version }}.valid_to is null or {{ time }} < {{ version }}.valid_to)
{%- endmacro %}
