{#
  Growth of a day's amount against the day `interval_before` earlier: 0.1 is ten percent more. The earlier day is found by its
  date, not by its row, because days without rows exist. Null if the earlier day has no row, or its amount is 0.
#}
{% macro growth(amount, day, interval_before) -%}
    {%- set before -%}
        min({{ amount }}) over (
            order by {{ day }}
            range between {{ interval_before }} preceding and {{ interval_before }} preceding
        )
    {%- endset -%}
    {{ safe_divide(amount ~ ' - ' ~ before, before) }}
{%- endmacro %}
