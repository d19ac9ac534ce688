{# The table as it is, or no rows of its columns before it exists: so the models need no second form for the first time. #}
{% macro held_rows() -%}
    {%- if is_incremental() or not execute -%}
        {{ this }}
    {%- else -%}
        ({{ get_empty_schema_sql(model.columns) }} where false)
    {%- endif -%}
{%- endmacro %}
