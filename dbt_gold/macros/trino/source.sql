{#
  A silver table as it was when the run's gold began: SHOPFLOW_SILVER_VERSIONS has Delta's version of each, {"schema.table": n}.
  A model first asks what it has to read, then merges: a day that another run replaces in between would be merged by the old
  answer, and lose rows or double them. Without the variable silver is read as it is.
#}
{% macro source(schema, table) -%}
    {%- set relation = builtins.source(schema, table) -%}
    {%- set versions = fromjson(env_var('SHOPFLOW_SILVER_VERSIONS', '{}')) if execute else {} -%}
    {%- set version = versions[schema ~ '.' ~ table] -%}
    {{ return(relation if version is undefined else relation ~ ' for version as of ' ~ version) }}
{%- endmacro %}
