{# On every order date that the run wrote, a sum over the model's rows is that over the rows of another table. #}
{% test agrees_by_day(model, amount, other, other_amount) %}

with

stored as (
    select * from {{ model }}
),

written as (
    select distinct order_date from stored
    where {{ rows_of_run() }}
),

here as (
    select stored.order_date, sum({{ amount }}) as amount
    from stored
    inner join written on stored.order_date = written.order_date
    group by stored.order_date
),

there as (
    select cast(order_date as date) as order_date, sum({{ other_amount }}) as amount
    from {{ other }}
    where
        order_date >= (select min(order_date) from written)
        and order_date < (select max(order_date) + interval '1' day from written)
    group by cast(order_date as date)
),

final as (
    select here.order_date, here.amount, there.amount as other_amount
    from here
    left join there on here.order_date = there.order_date
    where not coalesce(here.amount = there.amount, false)
)

select * from final

{% endtest %}
