{#
  What the macros of one run of dbt tell each other, by name. dbt hands every model the same `graph`; on-run-start empties this
  part of it, as a process may call dbt several times with one manifest.
#}
{% macro shared(name) %}
    {{ return(graph.setdefault('shared_by_macros', {}).setdefault(name, {})) }}
{% endmacro %}
