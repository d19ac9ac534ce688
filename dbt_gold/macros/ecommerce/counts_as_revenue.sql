{# Revenue counts every order status but cancelled and returned. #}
{% macro counts_as_revenue(order_status) -%}
    {{ order_status }} not in ('cancelled', 'returned')
{%- endmacro %}
