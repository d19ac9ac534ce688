{# An order of the shop is a sale in every status but cancelled. #}
{% macro counts_as_sale(status) -%}
    {{ status }} <> 'cancelled'
{%- endmacro %}
