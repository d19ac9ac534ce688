{# `a.k = b.k` for every column of a key. #}
{% macro equal(left_name, right_name, key) -%}
    {%- for column in key -%}
        {{ left_name }}.{{ column }} = {{ right_name }}.{{ column }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# A list of columns, each with a table's name before it. #}
{% macro columns_of(table_name, columns) -%}
    {{ table_name }}.{{ columns | join(', ' ~ table_name ~ '.') }}
{%- endmacro %}

{# The columns in which a table keeps the rank of the version that it shows: source_<column of silver>. #}
{% macro source_columns(rank) -%}
    source_{{ rank | join(', source_') }}
{%- endmacro %}

{# Whether the version of one table is older than that of the other; null where one of them has none. #}
{% macro is_older(left_name, right_name, rank) -%}
    {%- set columns = source_columns(rank).split(', ') -%}
    (
        {%- for column in columns -%}
        {{ left_name }}.{{ column }} < {{ right_name }}.{{ column }}
            {%- if not loop.last %} or ({{ left_name }}.{{ column }} = {{ right_name }}.{{ column }} and ({% endif %}
        {%- endfor -%}
    {{ '))' * (columns | length - 1) }})
{%- endmacro %}

{#
  Whether any of these columns differs between its two forms, one with each prefix (like `held.` or `held_`). They are compared
  one by one: if whole rows are compared, Trino compiles for seconds in every run.
#}
{% macro differ(left_prefix, right_prefix, columns) -%}
    (
        {%- for column in columns %}
        {{ left_prefix }}{{ column }} is distinct from {{ right_prefix }}{{ column }}{{ ' or' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{# The columns of the model's contract that are not in its key. A unit test has no contract, so it names them in place of this macro. #}
{% macro columns_beside(key) %}
    {{ return(model.columns | list | reject('in', key) | list) }}
{% endmacro %}
