{#
  Replaces __rows_of_run__, or __rows_of_run__(first_column, last_column), in the `where` of a data test by rows_of_run(). YAML
  cannot call that macro itself: dbt renders YAML before the days of a run are known.
#}
{% macro get_where_subquery(relation) -%}
    {% set where = config.get('where', '') or '' %}
    {% if not where %}
        {% do return(relation) %}
    {% endif %}
    {% set conditions = [where] %}
    {% for placeholder, columns in modules.re.findall('(__rows_of_run__(?:[(]([a-z_, ]+)[)])?)', where) %}
        {% set rows = rows_of_run(*columns.split(', ')) if columns else rows_of_run() %}
        {% do conditions.append(conditions.pop().replace(placeholder, rows)) %}
    {% endfor %}
    {% do return('(select * from ' ~ relation ~ ' where ' ~ conditions[0] ~ ') dbt_subquery') %}
{%- endmacro %}
