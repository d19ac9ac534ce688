{# max_order_age_days of the feed's contract, and the first partition date, which accepts orders of any age. #}
{% macro max_order_age_days() -%}
    {{ env_var('SHOPFLOW_MAX_ORDER_AGE_DAYS', '30') | int if execute else 30 }}
{%- endmacro %}

{% macro start_date() -%}
    {{ as_day(env_var('SHOPFLOW_START_DATE', '2026-01-01') if execute else '2026-01-01') }}
{%- endmacro %}

{# The order that a quarantined record names. The record is the text as received, so it is trimmed as the contract does. #}
{% macro quarantined_order_id(record) -%}
    trim(json_extract_scalar({{ record }}, '$.order_id'))
{%- endmacro %}

{% macro is_order_line() -%}
    domain = 'ecommerce' and table_name = 'order_lines'
{%- endmacro %}

{#
  The last partition date on which the feed may name an order. A quarantined record counts for an order from its order date to
  that day: without an end every run would read the quarantine of all time.
#}
{% macro last_delivery_date(order_date) -%}
    greatest(cast({{ order_date }} as date), date '{{ start_date() }}') + interval '{{ max_order_age_days() }}' day
{%- endmacro %}

{# Whether the run's days may hold a record of an order of this date: last_delivery_date turned round, as a literal bound. #}
{% macro may_be_delivered_in_run(order_date) -%}
    {%- set oldest = "(date '" ~ first_day() ~ "' - interval '" ~ max_order_age_days() ~ "' day)" -%}
    {{ order_date }} < date '{{ last_day() }}' + interval '1' day
    and ({{ order_date }} >= {{ oldest }} or date '{{ start_date() }}' >= {{ oldest }})
{%- endmacro %}

{# The partition dates on which orders of these months may be delivered, as a literal bound. #}
{% macro in_deliveries_of(column, months) -%}
    (
        {%- for month in months %}
            {{ 'or ' if not loop.first }}(
                {{ column }} >= date '{{ month }}'
                and {{ column }} <= {{ last_delivery_date("(date '" ~ month ~ "' + interval '1' month)") }}
            )
        {%- else %}
            {{ column }} < date '0001-01-01'
        {%- endfor %}
    )
{%- endmacro %}

{# Per order, the partition dates on which quarantined records name it. #}
{% macro partition_dates_in_quarantine(quarantine, months) -%}
    select
        {{ quarantined_order_id('record') }} as order_id,
        array_agg(distinct partition_date) as partition_dates
    from {{ quarantine }}
    where {{ is_order_line() }} and {{ in_deliveries_of('partition_date', months) }}
    group by {{ quarantined_order_id('record') }}
{%- endmacro %}
