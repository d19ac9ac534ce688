{#
  Growth of a day's revenue to that of the day so long before: 0.1 is ten percent more. Looked up by date and not by row, so that a
  day without orders is not taken for the day before it; empty where there is nothing to compare with, or it was 0.
#}
{% macro revenue_growth(interval_before) -%}
    {%- set before -%}
        min(orders_by_day.revenue) over (
            order by orders_by_day.order_date
            range between {{ interval_before }} preceding and {{ interval_before }} preceding
        )
    {%- endset -%}
    {{ safe_divide('orders_by_day.revenue - ' ~ before, before) }}
{%- endmacro %}
