{#
  The orders that the run's days may change: orders in silver on these days, orders in the table with versions of these days (which a
  re-delivery may have taken back), and orders that a refused line of these days makes incomplete, now or as the table has it.
#}
{% macro orders_to_recompute(lines, refused_lines) -%}
    select order_id from {{ lines }} where {{ in_run('partition_date') }}
    union
    select order_id from {{ held_rows() }} as held where {{ touches_run('created_at', 'last_partition_date') }}
    union
    select order_id from {{ refused_lines }} where {{ in_run('source_partition_date') }}
    union
    select order_id from {{ held_rows() }} as held where {{ in_run('refused_partition_date') }}
{%- endmacro %}

{#
  What the model has to read for these orders: `months` of order dates in the tables, and `header_days`. These are silver days
  outside of the run to which orders go back because their newest version is gone; usually there are none.
#}
{% macro look_up_orders_scope(lines, refused_lines, order_items) %}
    {% set query %}
        with orders_to_recompute as ({{ orders_to_recompute(lines, refused_lines) }}),
        items as (
            select item.order_id, item.source_partition_date, cast(date_trunc('month', item.order_date) as date) as month
            from {{ order_items }} as item
            inner join orders_to_recompute on item.order_id = orders_to_recompute.order_id
        ),
        held as (
            select held.order_id, held.source_partition_date, cast(date_trunc('month', held.order_date) as date) as month
            from {{ held_rows() }} as held
            inner join orders_to_recompute on held.order_id = orders_to_recompute.order_id
        ),
        compared as (
            select
                held.source_partition_date,
                items.partition_date,
                array_distinct(coalesce(items.months, array[]) || if(held.month is null, array[], array[held.month])) as months
            from (
                select order_id, max(source_partition_date) as partition_date, array_agg(distinct month) as months
                from items
                group by order_id
            ) as items
            full join held on items.order_id = held.order_id
        )
        select 'months', month from compared cross join unnest(months) as m (month)
        group by month
        union all
        select 'header_days', partition_date from compared
        where not {{ in_run('partition_date') }} and source_partition_date is distinct from partition_date
        group by partition_date
    {% endset %}
    {{ return(look_up({'months': [], 'header_days': []}, query)) }}
{% endmacro %}
