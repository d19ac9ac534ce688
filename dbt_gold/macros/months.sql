{# The months, as 'YYYY-MM-01', that the first column of a query gives. #}
{% macro look_up_months(query) %}
    {% set months = [] %}
    {% for row in run_query("select distinct date_trunc('month', day) from (" ~ query ~ ") as days (day) order by 1") %}
        {% do months.append(row[0].strftime('%Y-%m-%d')) %}
    {% endfor %}
    {{ return(months) }}
{% endmacro %}

{#
  A literal bound on months. Iceberg plans with literals: without them a join or a MERGE reads every partition.
#}
{% macro in_months(column, months) -%}
    (
        {%- for month in months %}
            {{ 'or ' if not loop.first }}(
                {{ column }} >= date '{{ month }}'
                and {{ column }} < date '{{ month }}' + interval '1' month
            )
        {%- else %}
            {{ column }} < date '0001-01-01'
        {%- endfor %}
    )
{%- endmacro %}

{# A literal list of days. #}
{% macro in_days(column, days) -%}
    {%- if days -%} {{ column }} in (date '{{ days | join("', date '") }}') {%- else -%} false {%- endif -%}
{%- endmacro %}
