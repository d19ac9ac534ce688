{#
  The order dates on which the run's days may bear. An order that the run touched stands under its date now, and stood under
  another one before if its date changed: under a date whose row holds versions since the first of the touched orders'.
  `held` is the table by order date.
#}
{% macro order_dates_to_recompute(orders, held=none) -%}
    with touched_orders as (
        select cast(order_date as date) as order_date, cast(created_at as date) as first_partition_date
        from {{ orders }}
        where {{ touches_run('created_at', 'last_partition_date') }}
    ),
    touched_days as (
        select least(coalesce(min(first_partition_date), date '{{ first_run_day() }}'), date '{{ first_run_day() }}') as first_day
        from touched_orders
    )
    select order_date from touched_orders
    union
    select held.order_date
    from {{ held or held_rows() }} as held
    inner join touched_days
        on held.source_partition_date >= touched_days.first_day
    where held.first_partition_date <= date '{{ last_run_day() }}'
{%- endmacro %}

{#
  These order dates as `days`, and the days between which the lines of their orders are dated. A line that was not sent again keeps
  the date it came with, which its partition date bounds (the first one accepts any age).
#}
{% macro look_up_order_dates(orders) %}
    {% set query %}
        with order_dates as ({{ order_dates_to_recompute(orders) }}),
        bounds as (
            select min(order_date) as first_day, max(order_date) + interval '1' day as end_day
            from order_dates
        ),
        deliveries as (
            select cast(min(created_at) as date) as first_day, max(last_partition_date) as last_day
            from {{ orders }}
            where order_date >= (select first_day from bounds) and order_date < (select end_day from bounds)
        )
        select 'days', order_date from order_dates
        union all
        select
            'lines_from',
            if(first_day > date '{{ start_date() }}', first_day - interval '{{ max_age_days() }}' day, date '0001-01-01')
        from deliveries
        union all
        select 'lines_to', last_day from deliveries where last_day is not null
    {% endset %}
    {{ return(look_up({'days': [], 'lines_from': [], 'lines_to': []}, query)) }}
{% endmacro %}

{# A literal bound on the dates of the lines that these orders have. #}
{% macro in_line_days(column, scope) -%}
    {%- if scope.lines_to -%}
        {{ column }} >= date '{{ scope.lines_from | first }}'
        and {{ column }} < date '{{ scope.lines_to | first }}' + interval '1' day
    {%- else -%} false {%- endif -%}
{%- endmacro %}
