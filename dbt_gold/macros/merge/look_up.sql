{# Whether a model may ask the database while it is compiled: not when parsing, not in `--empty`, not without days. #}
{% macro may_look_up() %}
    {{ return(execute and not flags.EMPTY and first_run_day() <= last_run_day()) }}
{% endmacro %}

{#
  What has to be known before a statement is written: the days that a query of (name, day) gives, into the lists of a dict. Trino
  cannot plan with what a join will find; with literals it skips partitions.
#}
{% macro look_up(lists, query) %}
    {% if may_look_up() %}
        {% for row in run_query(query) %}
            {% do lists[row[0]].append(row[1].isoformat()[:10]) %}
        {% endfor %}
    {% endif %}
    {{ return(lists) }}
{% endmacro %}
