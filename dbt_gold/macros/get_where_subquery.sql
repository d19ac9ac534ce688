{# Lets `where: __rows_of_run__` of the data tests stand for a macro: YAML is rendered before the days of a run are known. #}
{% macro get_where_subquery(relation) -%}
    {% set where = config.get('where', '') or '' %}
    {% if not where %}
        {% do return(relation) %}
    {% endif %}
    {% do return('(select * from ' ~ relation ~ ' where ' ~ where.replace('__rows_of_run__', rows_of_run()) ~ ') dbt_subquery') %}
{%- endmacro %}
