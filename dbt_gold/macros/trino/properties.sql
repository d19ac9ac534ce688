{#
  Replaces dbt-trino's macro (docs/dbt_overrides.md): a model gives its partitioning and sorting, this macro adds what all tables
  share.

  Every commit merges the table's manifests, up to 8 MB of them. By Iceberg's default they are merged from a hundred on, and a
  commit adds two. To plan a query Trino opens all of them: that was a third of all memory that it allocated in a run.
#}
{% macro properties(temporary=False) -%}
    {%- set shared = {
        'format': "'PARQUET'",
        'format_version': 2,
        'extra_properties': "map(array['commit.manifest.min-count-to-merge'], array['2'])",
    } -%}
    with (
        {%- for name, value in dict(shared, **config.get('properties', {})).items() %}
        {{ name }} = {{ value }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
