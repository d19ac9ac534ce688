{#
  On every order date under which the run wrote rows of the model or orders, each column of `amounts`, added up over the model's
  rows, is what its aggregate says of another table. A date that one of the two lacks counts as zero there.
#}
{% test agrees_by_day(model, amounts, other, orders) %}

with

stored as (
    select * from {{ model }}
),

written as (
    select order_date from stored
    where {{ rows_of_run() }}
    union
    select cast(order_date as date) from {{ orders }}
    where {{ rows_of_run() }}
),

here as (
    select
        stored.order_date,
        {%- for column in amounts %}
        sum(stored.{{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from stored
    inner join written on stored.order_date = written.order_date
    group by stored.order_date
),

there as (
    select
        written.order_date,
        {%- for column, aggregate in amounts.items() %}
        {{ aggregate }} as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ other }} as other
    inner join written on cast(other.order_date as date) = written.order_date
    where
        other.order_date >= (select min(order_date) from written)
        and other.order_date < (select max(order_date) + interval '1' day from written)
    group by written.order_date
),

final as (
    select
        coalesce(here.order_date, there.order_date) as order_date,
        {%- for column in amounts %}
        coalesce(here.{{ column }}, 0) as {{ column }},
        coalesce(there.{{ column }}, 0) as other_{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from here
    full join there on here.order_date = there.order_date
)

select * from final
where
    {%- for column in amounts %}
    {{ 'or ' if not loop.first }}{{ column }} <> other_{{ column }}
    {%- endfor %}

{% endtest %}
