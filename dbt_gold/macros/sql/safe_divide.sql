{#
  The only division in gold, for counts and money: DECIMAL(18,6), rounded half up (away from zero), null when the denominator is
  0. Trino rounds a quotient once, at the larger scale of the two, so the numerator gets exactly the six digits of the result:
  with more of them the cast to the result would round a second time (0.49999999996 -> 0.5 -> 1 in the last place).
#}
{% macro safe_divide(numerator, denominator) -%}
    cast(
        cast({{ numerator }} as decimal(38, 6)) / nullif(cast({{ denominator }} as decimal(38, 2)), 0)
        as decimal(18, 6)
    )
{%- endmacro %}
