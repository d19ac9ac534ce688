{#
  Takes the place of the adapter's: a model gives its partitioning and sorting, and what all tables share stands here.

  Every commit merges the table's manifests, up to 8 MB of them. By Iceberg's default a hundred are left first, a commit adds two,
  and each query opens them all to be planned: a third of all that Trino allocated in a run.
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
