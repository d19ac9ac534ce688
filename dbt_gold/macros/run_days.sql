{#
  The days of the run, from SHOPFLOW_FROM and SHOPFLOW_TO (inclusive). They are read under `execute` only: a changed
  `--vars` would parse the whole project again. Unset, as at set-up, they are an empty window in which nothing lies.
#}
{% macro run_days() %}
    {% if execute and flags.FULL_REFRESH %}
        {{ exceptions.raise_compiler_error("--full-refresh is not used here: drop the table, run --empty, backfill the days.") }}
    {% endif %}
    {% set first = env_var('SHOPFLOW_FROM', '') if execute else '' %}
    {% set last = env_var('SHOPFLOW_TO', '') if execute else '' %}
    {% if not first and not last %}
        {{ return({'first': '9999-12-31', 'last': '0001-01-01', 'are_given': false}) }}
    {% endif %}
    {% set first_day = modules.datetime.datetime.strptime(first, '%Y-%m-%d').date() %}
    {% set last_day = modules.datetime.datetime.strptime(last, '%Y-%m-%d').date() %}
    {% if first_day > last_day %}
        {{ exceptions.raise_compiler_error("SHOPFLOW_FROM " ~ first ~ " is after SHOPFLOW_TO " ~ last ~ ": give the first day first.") }}
    {% endif %}
    {{ return({'first': first_day.isoformat(), 'last': last_day.isoformat(), 'are_given': true}) }}
{% endmacro %}

{# Whether a date, or a timestamp at midnight, is one of the run's days. #}
{% macro in_run(column) -%}
    {{ column }} between date '{{ run_days().first }}' and date '{{ run_days().last }}'
{%- endmacro %}

{# Whether the days from one column to another have a day in common with the run. #}
{% macro touches_run(first_column, last_column) -%}
    {{ first_column }} <= date '{{ run_days().last }}' and {{ last_column }} >= date '{{ run_days().first }}'
{%- endmacro %}

{# Whether a model may ask the database while it is compiled: not when parsing, not in `--empty`, not without days. #}
{% macro may_look_up() %}
    {{ return(execute and run_days().are_given and not flags.EMPTY) }}
{% endmacro %}

{# The rows a data test looks at: those written by the run, or with SHOPFLOW_TEST_SCOPE=full all of them. #}
{% macro rows_of_run() -%}
    {{ 'true' if execute and env_var('SHOPFLOW_TEST_SCOPE', 'run') == 'full' else in_run('source_partition_date') }}
{%- endmacro %}
