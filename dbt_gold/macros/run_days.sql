{#
  The days of the run, from SHOPFLOW_FROM and SHOPFLOW_TO (inclusive). They are read under `execute` only: a changed
  `--vars` would parse the whole project again. Unset, as at set-up, they are an empty window in which nothing lies.
#}
{% macro first_day() -%}
    {{ as_day(env_var('SHOPFLOW_FROM', '9999-12-31') if execute else '9999-12-31') }}
{%- endmacro %}

{% macro last_day() -%}
    {{ as_day(env_var('SHOPFLOW_TO', '0001-01-01') if execute else '0001-01-01') }}
{%- endmacro %}

{# A day as YYYY-MM-DD; anything else fails here, before it meets SQL. #}
{% macro as_day(text) -%}
    {{ modules.datetime.date.fromisoformat(text).isoformat() if execute else text }}
{%- endmacro %}

{# Whether a date, or a timestamp at midnight, is one of the run's days. #}
{% macro in_run(column) -%}
    {{ column }} between date '{{ first_day() }}' and date '{{ last_day() }}'
{%- endmacro %}

{# Whether the days from one column to another have a day in common with the run. #}
{% macro touches_run(first_column, last_column) -%}
    {{ first_column }} <= date '{{ last_day() }}' and {{ last_column }} >= date '{{ first_day() }}'
{%- endmacro %}

{# The rows a data test looks at: those written by the run, or with SHOPFLOW_TEST_SCOPE=full all of them. #}
{% macro rows_of_run() -%}
    {{ 'true' if execute and env_var('SHOPFLOW_TEST_SCOPE', 'run') == 'full' else in_run('source_partition_date') }}
{%- endmacro %}
