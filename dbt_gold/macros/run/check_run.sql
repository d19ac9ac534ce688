{# Runs first, and refuses a wrong call, which would otherwise do nothing, or the wrong thing, without a word. #}
{% macro check_run() %}
    {% if execute %}
        {% if flags.FULL_REFRESH %}
            {{ exceptions.raise_compiler_error("--full-refresh is not used here: drop the table, `dbt run --empty`, backfill the days.") }}
        {% endif %}
        {% if (env_var('SHOPFLOW_FROM', '') == '') != (env_var('SHOPFLOW_TO', '') == '') %}
            {{ exceptions.raise_compiler_error("Set both SHOPFLOW_FROM and SHOPFLOW_TO, or neither.") }}
        {% endif %}
        {% if env_var('SHOPFLOW_FROM', '') and first_run_day() > last_run_day() %}
            {{ exceptions.raise_compiler_error("SHOPFLOW_FROM " ~ first_run_day() ~ " is after SHOPFLOW_TO " ~ last_run_day() ~ ".") }}
        {% endif %}
    {% endif %}
{% endmacro %}
