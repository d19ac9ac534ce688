{#
  Replaces dbt-trino's macro (docs/dbt_overrides.md) for tables that every run replaces: one statement. dbt-trino would CREATE,
  then INSERT. Between the two, readers would see an empty table, and a crash would leave it empty. One statement cannot say NOT
  NULL, so the data test of the key looks for nulls.
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
