{#
  Replaces dbt's source() (docs/dbt_overrides.md): a silver table as it was when the run's gold began. SHOPFLOW_SILVER_VERSIONS
  has Delta's version of each table, {"schema.table": n}. A model first looks up what it has to read, then merges. If another run
  replaced a day in between, the merge would lose rows or double them. Without the variable silver is read as it is now.
#}
{% macro source(schema, table) -%}
    {%- set relation = builtins.source(schema, table) -%}
    {%- set versions = fromjson(env_var('SHOPFLOW_SILVER_VERSIONS', '{}')) if execute else {} -%}
    {%- set version = versions[schema ~ '.' ~ table] -%}
    {{ return(relation if version is undefined else relation ~ ' for version as of ' ~ version) }}
{%- endmacro %}
