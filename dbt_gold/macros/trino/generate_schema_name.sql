{# The schema of a model is the name of its first folder below models/: dbt would put the profile's schema before it (default_<folder>). #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- if custom_schema_name -%} {{ custom_schema_name | trim }}
    {%- elif node.resource_type != 'model' -%} {{ target.schema }}
    {%- elif node.fqn | length < 3 -%}
        {{ exceptions.raise_compiler_error(node.name ~ " is not in a folder: move it to models/<schema>/.") }}
    {%- else -%} {{ node.fqn[1] }}
    {%- endif -%}
{%- endmacro %}
