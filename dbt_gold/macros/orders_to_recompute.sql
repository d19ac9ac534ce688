{#
  The orders on which the run's days may bear: those in silver or in quarantine on these days, those which the table derived
  from versions of these days (that a re-delivery may have taken back), and the incomplete ones which a day may have mended.
#}
{% macro orders_to_recompute(lines, quarantine) -%}
    select order_id from {{ lines }} where {{ in_run('partition_date') }}
    union
    select {{ quarantined_order_id('record') }} from {{ quarantine }}
    where {{ is_order_line(quarantine) }} and {{ in_run('partition_date') }}
    union
    select order_id from {{ held_rows() }} as held where {{ touches_run('created_at', 'last_partition_date') }}
    union
    select order_id from {{ held_rows() }} as held where not is_complete and {{ may_be_delivered_in_run('order_date') }}
{%- endmacro %}

{#
  What is to be read for these orders: `months` of order dates in the tables, and `header_days`, the silver days outside of the
  run to which orders fall back, usually none.
#}
{% macro look_up_orders_scope(lines, quarantine, order_items) %}
    {% set scope = {'months': [], 'header_days': []} %}
    {% if not may_look_up() %}
        {{ return(scope) }}
    {% endif %}
    {% set query %}
        with orders_to_recompute as ({{ orders_to_recompute(lines, quarantine) }}),
        items as (
            select item.order_id, item.order_date, item.source_partition_date
            from {{ order_items }} as item
            inner join orders_to_recompute on item.order_id = orders_to_recompute.order_id
        ),
        held as (
            select held.order_id, held.order_date, held.source_partition_date
            from {{ held_rows() }} as held
            inner join orders_to_recompute on held.order_id = orders_to_recompute.order_id
        ),
        newest as (
            select order_id, max(source_partition_date) as partition_date from items group by order_id
        )
        select distinct 'months', cast(date_trunc('month', order_date) as date)
        from (select order_date from items union all select order_date from held)
        union all
        select distinct 'header_days', newest.partition_date
        from newest
        left join held on newest.order_id = held.order_id
        where
            not {{ in_run('newest.partition_date') }}
            and (held.order_id is null or held.source_partition_date <> newest.partition_date)
    {% endset %}
    {% for row in run_query(query) %}
        {% do scope[row[0]].append(row[1] | string) %}
    {% endfor %}
    {{ return(scope) }}
{% endmacro %}
