{# max_age_days of the feed's contract. On the first partition date the contract accepts orders of any age. #}
{% macro max_age_days() -%}
    {{ source_meta('ecommerce', 'order_lines').max_age_days }}
{%- endmacro %}

{# The last partition date on which silver may show an order. #}
{% macro last_delivery_date(order_date) -%}
    greatest(cast({{ order_date }} as date), date '{{ start_date() }}') + interval '{{ max_age_days() }}' day
{%- endmacro %}

{# A condition, with literals, on the partition dates on which orders of these months may be delivered. #}
{% macro in_deliveries_of(column, months) -%}
    (
        {%- for month in months %}
            {{ 'or ' if not loop.first }}(
                {{ column }} >= date '{{ month }}'
                and {{ column }} <= {{ last_delivery_date("(date '" ~ month ~ "' + interval '1' month)") }}
            )
        {%- else %}
            {{ column }} < date '0001-01-01'
        {%- endfor %}
    )
{%- endmacro %}
