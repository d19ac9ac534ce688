{#
  1 to 5, by the share of buyers who come earlier in this order: 1 for less than a fifth, 2 for less than two fifths, and so on.
  Equal values get equal scores. With ntile() they would not: the score would depend on the order of equal values.
#}
{% macro score(value) -%}
    1 + 5 * (rank() over (order by {{ value }}) - 1) / count(*) over ()
{%- endmacro %}
