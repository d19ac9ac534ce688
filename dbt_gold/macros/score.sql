{#
  1 to 5 by the share of buyers with a lower value: below a fifth of them 1, and so on. Equal values get equal scores, so that
  nothing depends on an order among them, as it would with ntile().
#}
{% macro score(value) -%}
    1 + 5 * (rank() over (order by {{ value }}) - 1) / count(*) over ()
{%- endmacro %}
