{# The orders whose facts the run computes again: those that it may change, and those that wait for a row of a dimension. #}
{% macro orders_of_run() -%}
    select order_id from {{ ref('int_changed_orders') }}
    union
    select order_id from {{ held_rows() }} where is_waiting
{%- endmacro %}

{#
  The `months` of these orders, as they are in the table of facts and as they are now. `refused` has the newest day of the
  refused versions of orders and their parts, if it is asked for; it is empty if there is none.
#}
{% macro look_up_months_of_orders(and_refused=false) %}
    {% set query %}
        with orders_of_run as ({{ orders_of_run() }})
        select 'months', cast(date_trunc('month', order_ts) as date)
        from {{ held_rows() }}
        where order_id in (select order_id from orders_of_run)
        union
        select 'months', cast(date_trunc('month', order_ts) as date)
        from {{ ref('int_order_versions') }}
        where order_id in (select order_id from orders_of_run) and order_ts is not null
        {%- if and_refused %}
        union
        select 'refused', max(source_partition_date) from {{ ref('int_refused_versions') }} having count(*) > 0
        {%- endif %}
    {% endset %}
    {{ return(look_up({'months': [], 'refused': []}, query)) }}
{% endmacro %}

{#
  The days on which versions of these months' orders may lie. An order may be placed up to a minute after its commit
  (`not_after_change`), so also the day before.
#}
{% macro in_days_since(months, column='source_partition_date') -%}
    {%- if months -%} {{ column }} >= date '{{ months | min }}' - interval '1' day {%- else -%} false {%- endif -%}
{%- endmacro %}

{# The facts of these orders as the table has them. #}
{% macro held_of_orders(months) -%}
    (
        select held.*
        from {{ held_rows() }} as held
        inner join orders_of_run on held.order_id = orders_of_run.order_id
        where {{ in_months('held.order_ts', months) }}
    )
{%- endmacro %}
