{# Whether a model may query the database while dbt compiles it: not when dbt parses, not with `--empty`, not without days. #}
{% macro may_look_up() %}
    {{ return(execute and not flags.EMPTY and first_run_day() <= last_run_day()) }}
{% endmacro %}

{#
  Runs a query of (name, day) before the model's SQL is written, and adds each day to the list of that name. The SQL then has
  these days as literals: for a literal Trino skips partitions, for what a join will find it cannot.
#}
{% macro look_up(lists, query) %}
    {% if may_look_up() %}
        {% for row in run_query(query) %}
            {% do lists[row[0]].append(row[1].isoformat()[:10]) %}
        {% endfor %}
    {% endif %}
    {{ return(lists) }}
{% endmacro %}
