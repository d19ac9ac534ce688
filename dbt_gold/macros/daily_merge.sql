{#
  The order dates on which the run's days may bear. An order that the run touched stands under its date now, and stood under
  another one before if its date changed: under a date whose row holds versions since the first of the touched orders'.
#}
{% macro order_dates_to_recompute(orders) -%}
    with touched_orders as (
        select cast(order_date as date) as order_date, cast(created_at as date) as first_partition_date
        from {{ orders }}
        where {{ touches_run('created_at', 'last_partition_date') }}
    ),
    touched_days as (
        select least(coalesce(min(first_partition_date), date '{{ first_day() }}'), date '{{ first_day() }}') as first_day
        from touched_orders
    )
    select order_date from touched_orders
    union
    select held.order_date
    from {{ held_rows() }} as held
    inner join touched_days
        on held.source_partition_date >= touched_days.first_day
    where held.first_partition_date <= date '{{ last_day() }}'
{%- endmacro %}

{# The `months` of these order dates. #}
{% macro look_up_daily_scope(orders) %}
    {% set query %}
        select distinct 'months', date_trunc('month', order_date) from ({{ order_dates_to_recompute(orders) }})
    {% endset %}
    {{ return(look_up({'months': []}, query)) }}
{% endmacro %}
