{# The table as it is now. Before it exists: no rows, with its columns, so that a model needs no other SQL for the first time. #}
{% macro held_rows() -%}
    {%- if is_incremental() or not execute -%}
        {#- A table of an older version may lack a column that the model's look-ups name. #}
        {%- if execute and name_of(this) in shared('columns') -%} {%- do assert_table_has_contract(this) -%} {%- endif -%}
        {{ this }}
    {%- else -%}
        ({{ get_empty_schema_sql(model.columns) }} where false)
    {%- endif -%}
{%- endmacro %}
