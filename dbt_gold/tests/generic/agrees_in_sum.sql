{# The sum over all rows of the model equals the sum over all rows of another table. For tables that every run replaces. #}
{% test agrees_in_sum(model, amount, other, other_amount) %}

select here.amount, there.amount as other_amount
from (select coalesce(sum({{ amount }}), 0) as amount from {{ model }}) as here
cross join (select coalesce(sum({{ other_amount }}), 0) as amount from {{ other }}) as there
where here.amount <> there.amount

{% endtest %}
