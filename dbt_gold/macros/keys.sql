{# `a.k = b.k` for every column of a key. #}
{% macro equal(left_name, right_name, key) -%}
    {%- for column in key -%}
        {{ left_name }}.{{ column }} = {{ right_name }}.{{ column }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# Columns by their names, each with a table's name before it. #}
{% macro columns_of(table_name, columns) -%}
    {%- for column in columns -%}
        {{ table_name }}.{{ column }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# The columns in which a table keeps the rank of the version it shows: source_<column of silver>. #}
{% macro source_columns(rank) %}
    {% set columns = [] %}
    {% for column in rank %}{% do columns.append('source_' ~ column) %}{% endfor %}
    {{ return(columns) }}
{% endmacro %}

{# Whether the version of one table is older than that of the other. #}
{% macro is_older(left_name, right_name, rank) -%}
    row({{ columns_of(left_name, source_columns(rank)) }}) < row({{ columns_of(right_name, source_columns(rank)) }})
{%- endmacro %}
