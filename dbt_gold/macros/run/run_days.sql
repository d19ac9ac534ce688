{#
  The days of the run, from SHOPFLOW_FROM to SHOPFLOW_TO (inclusive). They are environment variables, read under `execute` only:
  with `--vars` dbt would parse the whole project again. When they are not set, as at set-up, no day is in the run.
#}
{% macro first_run_day() -%}
    {{ as_day(env_var('SHOPFLOW_FROM', '9999-12-31') if execute else '9999-12-31') }}
{%- endmacro %}

{% macro last_run_day() -%}
    {{ as_day(env_var('SHOPFLOW_TO', '0001-01-01') if execute else '0001-01-01') }}
{%- endmacro %}

{# The first partition date of the lake. #}
{% macro start_date() -%}
    {{ as_day(env_var('SHOPFLOW_START_DATE', '2026-01-01') if execute else '2026-01-01') }}
{%- endmacro %}

{# A day as YYYY-MM-DD; anything else fails here, before it meets SQL. #}
{% macro as_day(text) -%}
    {{ modules.datetime.date.fromisoformat(text).isoformat() if execute else text }}
{%- endmacro %}

{# Whether a date, or a timestamp at midnight, is one of the run's days. #}
{% macro in_run(column) -%}
    {{ column }} between date '{{ first_run_day() }}' and date '{{ last_run_day() }}'
{%- endmacro %}

{# Whether the days from one column to another have a day in common with the run. #}
{% macro touches_run(first_column, last_column) -%}
    {{ first_column }} <= date '{{ last_run_day() }}' and {{ last_column }} >= date '{{ first_run_day() }}'
{%- endmacro %}

{# Whether data tests look at all rows, and not only at those that the run may have changed. #}
{% macro tests_whole_tables() %}
    {{ return(execute and env_var('SHOPFLOW_TEST_SCOPE', 'run') == 'full') }}
{% endmacro %}

{#
  The rows that a data test looks at: those that come from the run's days. For rows made from several days, `first_column` and
  `last_column` hold the first and the newest; the run may have changed every row whose span has a day of the run.
#}
{% macro rows_of_run(first_column='source_partition_date', last_column='source_partition_date') -%}
    {{ 'true' if tests_whole_tables() else touches_run(first_column, last_column) }}
{%- endmacro %}
