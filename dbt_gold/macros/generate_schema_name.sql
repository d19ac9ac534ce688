{# A folder's schema is the schema: dbt would put the profile's schema before it (ecommerce_shop). #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
