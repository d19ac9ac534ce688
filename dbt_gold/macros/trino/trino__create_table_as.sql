{#
  Tables with a contract are made in one statement. The adapter would CREATE, then INSERT: between the two readers of a table that
  is replaced see it empty, and a crash leaves it so. NOT NULL cannot be said in one statement: the test of the key says it.
#}
{% macro trino__create_table_as(temporary, relation, sql, on_exists=none) -%}
    {%- if on_exists != 'replace' -%}
        {{ return(dbt.trino__create_table_as(temporary, relation, sql, on_exists)) }}
    {%- endif -%}
    create or replace table {{ relation }}
    {{ assert_has_contract(relation, sql) }}
    comment '{{ made_from() }}'
    {{ properties(temporary) }}
    as
    {{ get_select_subquery(sql) }}
{%- endmacro %}
