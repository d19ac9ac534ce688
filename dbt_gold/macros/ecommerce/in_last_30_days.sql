{# Whether a time is on one of the 30 days up to the newest order date in the data. #}
{% macro in_last_30_days(column, orders) -%}
    {{ column }} >= (select cast(max(order_date) as date) - interval '29' day from {{ orders }})
{%- endmacro %}
