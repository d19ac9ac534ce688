{# A day counts as many orders as the table of orders holds for it. #}
{% test count_of_orders(model, orders) %}

with

days as (
    select * from {{ model }}
),

counted as (
    select cast(order_date as date) as order_date, count(*) as orders
    from {{ orders }}
    where
        order_date >= (select min(order_date) from days)
        and order_date < (select max(order_date) + interval '1' day from days)
    group by cast(order_date as date)
),

final as (
    select days.order_date, days.orders, counted.orders as orders_in_table
    from days
    left join counted on days.order_date = counted.order_date
    where not coalesce(days.orders = counted.orders, false)
)

select * from final

{% endtest %}
