{#
  For every order date that the run may have changed: each column of `amounts`, added up over the model's rows, equals its
  aggregate over the orders, or over the orders and their lines. A date without rows on one side counts as zero there.
#}
{% test agrees_with_orders(model, amounts, orders, lines=none) %}

with

stored as (
    select * from {{ model }}
),

order_dates as (
    {%- if tests_whole_tables() %}
    select order_date from stored
    union
    select cast(order_date as date) from {{ orders }}
    {%- else %}
    {{ order_dates_to_recompute(orders, held='stored') }}
    {%- endif %}
),

bounds as (
    select min(order_date) as first_day, max(order_date) + interval '1' day as end_day
    from order_dates
),

here as (
    select
        stored.order_date,
        {%- for column in amounts %}
        sum(stored.{{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from stored
    inner join order_dates on stored.order_date = order_dates.order_date
    group by stored.order_date
),

there as (
    select
        order_dates.order_date,
        {%- for column, aggregate in amounts.items() %}
        {{ aggregate }} as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ orders }} as orders
    inner join bounds on orders.order_date >= bounds.first_day and orders.order_date < bounds.end_day
    inner join order_dates on cast(orders.order_date as date) = order_dates.order_date
    {%- if lines %}
    inner join {{ lines }} as line on orders.order_id = line.order_id
    {%- endif %}
    group by order_dates.order_date
),

final as (
    select
        coalesce(here.order_date, there.order_date) as order_date,
        {%- for column in amounts %}
        coalesce(here.{{ column }}, 0) as {{ column }},
        coalesce(there.{{ column }}, 0) as of_orders_{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from here
    full join there on here.order_date = there.order_date
)

select * from final
where
    {%- for column in amounts %}
    {{ 'or ' if not loop.first }}{{ column }} <> of_orders_{{ column }}
    {%- endfor %}

{% endtest %}
