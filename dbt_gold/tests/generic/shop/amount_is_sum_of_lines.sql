{#
  Lines - discount + shipping + tax are the amount of the order. An order of which gold has changes and no beginning is not judged:
  its lines are on a day before, which may come to gold later. Nor is an order of which silver refused something: it says so itself.
#}
{% test amount_is_sum_of_lines(model, versions) %}

with

rows_of_run as (
    select * from {{ model }}
),

begun as (
    select order_id from {{ versions }} where operation in ('c', 'r')
),

final as (
    select *
    from rows_of_run
    where
        items_amount - discount + shipping + tax is distinct from amount
        and refused_partition_date is null
        and order_id in (select order_id from begun)
)

select * from final

{% endtest %}
