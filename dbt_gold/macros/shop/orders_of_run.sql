{# The orders whose facts the run computes again: those that it may change, and those that wait for a row of a dimension. #}
{% macro orders_of_run() -%}
    select order_id from {{ ref('int_changed_orders') }}
    union
    select order_id from {{ held_rows() }} where is_waiting
{%- endmacro %}

{# The months of these orders, as they are in the table of facts and as they are now. #}
{% macro look_up_months_of_orders() %}
    {% set query %}
        with orders_of_run as ({{ orders_of_run() }})
        select 'months', cast(date_trunc('month', order_ts) as date)
        from {{ held_rows() }}
        where order_id in (select order_id from orders_of_run)
        union
        select 'months', cast(date_trunc('month', order_ts) as date)
        from {{ ref('int_order_versions') }}
        where order_id in (select order_id from orders_of_run) and order_ts is not null
    {% endset %}
    {{ return(look_up({'months': []}, query).months) }}
{% endmacro %}

{# The versions that orders of these months may have: an order is placed before the day that brings it, or on it. #}
{% macro in_days_since(months) -%}
    {%- if months -%} source_partition_date >= date '{{ months | min }}' - interval '1' day {%- else -%} false {%- endif -%}
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
