{# Lets names in `where` of the data tests stand for macros: YAML is rendered before the days of a run are known. #}
{% macro get_where_subquery(relation) -%}
    {% set where = config.get('where', '') or '' %}
    {% if not where %}
        {% do return(relation) %}
    {% endif %}
    {% set where = where.replace('__rows_of_run__', rows_of_run()) %}
    {% set where = where.replace('__orders_of_run__', rows_of_run('created_at', 'last_partition_date')) %}
    {% set where = where.replace('__sums_of_run__', rows_of_run('first_partition_date', 'source_partition_date')) %}
    {% do return('(select * from ' ~ relation ~ ' where ' ~ where ~ ') dbt_subquery') %}
{%- endmacro %}
