{#
  A dictionary, by name, that all macros of one run of dbt share. It lives in `graph`, which is the same object for every model.
  on-run-start empties it, because a process may call dbt several times with one manifest.
#}
{% macro shared(name) %}
    {{ return(graph.setdefault('shared_by_macros', {}).setdefault(name, {})) }}
{% endmacro %}
