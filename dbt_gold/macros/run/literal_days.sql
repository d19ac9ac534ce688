{# A condition, with literals, on the months that start with these days. #}
{% macro in_months(column, months) -%}
    (
        {%- for month in months %}
            {{ 'or ' if not loop.first }}(
                {{ column }} >= date '{{ month }}' and {{ column }} < date '{{ month }}' + interval '1' month
            )
        {%- else %}
            {{ column }} < date '0001-01-01'
        {%- endfor %}
    )
{%- endmacro %}

{# A condition on a literal list of days. #}
{% macro in_days(column, days) -%}
    {%- if days -%} {{ column }} in (date '{{ days | join("', date '") }}') {%- else -%} false {%- endif -%}
{%- endmacro %}

{# The first day of each month that holds one of these days. #}
{% macro months_of(days) %}
    {% set months = [] %}
    {% for day in days %} {% do months.append(day[:8] ~ '01') %} {% endfor %}
    {{ return(months | unique | list) }}
{% endmacro %}

{# The first day of each month from the run's first day to its last. #}
{% macro months_of_run() %}
    {% set days = [] %}
    {% set first, last = first_run_day() | trim, last_run_day() | trim %}
    {% if first <= last %}
        {% set day = modules.datetime.date.fromisoformat(first) %}
        {% for number in range((modules.datetime.date.fromisoformat(last) - day).days + 1) %}
            {% do days.append((day + modules.datetime.timedelta(days=number)).isoformat()) %}
        {% endfor %}
    {% endif %}
    {{ return(months_of(days)) }}
{% endmacro %}
