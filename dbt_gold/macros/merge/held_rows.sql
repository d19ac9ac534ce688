{# The table as it is now. Before it exists: no rows, with its columns, so that a model needs no other SQL for the first time. #}
{% macro held_rows() -%}
    {%- if is_incremental() or not execute -%}
        {{ this }}
    {%- else -%}
        ({{ get_empty_schema_sql(model.columns) }} where false)
    {%- endif -%}
{%- endmacro %}
