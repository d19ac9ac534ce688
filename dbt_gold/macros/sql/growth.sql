{#
  Growth of a day's amount to that of the day so long before: 0.1 is ten percent more. Looked up by date and not by row, so that a
  day without rows is not taken for the day before it; empty where there is nothing to compare with, or it was 0.
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
