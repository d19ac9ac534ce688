{#
  1 to 5 by the share of buyers who come before in this order: below a fifth of them 1, and so on.
  Equal values get equal scores, so that nothing depends on an order among them, as it would with ntile().
#}
{% macro score(value) -%}
    1 + 5 * (rank() over (order by {{ value }}) - 1) / count(*) over ()
{%- endmacro %}
