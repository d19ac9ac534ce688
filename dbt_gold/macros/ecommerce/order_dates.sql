{#
  The order dates that the run's days may change: each touched order's date now, and the date that it had before. The date before
  is not kept anywhere. So these are all dates in the table whose rows may hold a touched order: rows with versions since the
  first partition date of the touched orders. `held` is the table by order date.
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
  These order dates as `days`, and the first and last order date that a line of these orders may have. A line that was not sent
  again keeps the order date that it came with. This date is at most max_age_days before the line's partition date, but on the
  first partition date it may be of any age.
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

{# A condition, with literals, on the order dates of these orders' lines. #}
{% macro in_line_days(column, scope) -%}
    {%- if scope.lines_to -%}
        {{ column }} >= date '{{ scope.lines_from | first }}'
        and {{ column }} < date '{{ scope.lines_to | first }}' + interval '1' day
    {%- else -%} false {%- endif -%}
{%- endmacro %}
