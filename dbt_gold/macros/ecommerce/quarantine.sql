{# max_age_days of the feed's contract. On the first partition date the contract accepts orders of any age. #}
{% macro max_age_days() -%}
    {{ source_meta('ecommerce', 'order_lines').max_age_days }}
{%- endmacro %}

{% macro is_order_line() -%}
    {{ is_refused_by('ecommerce', 'order_lines') }}
{%- endmacro %}

{#
  The last partition date on which the feed may name an order. Records in quarantine count for an order from its order date to
  that day. Without this end every run would read the whole quarantine.
#}
{% macro last_delivery_date(order_date) -%}
    greatest(cast({{ order_date }} as date), date '{{ start_date() }}') + interval '{{ max_age_days() }}' day
{%- endmacro %}

{# Whether the run's days may hold a record of an order of this date: the reverse of last_delivery_date, with literals. #}
{% macro may_be_delivered_in_run(order_date) -%}
    {%- set oldest = "(date '" ~ first_run_day() ~ "' - interval '" ~ max_age_days() ~ "' day)" -%}
    {{ order_date }} < date '{{ last_run_day() }}' + interval '1' day
    and ({{ order_date }} >= {{ oldest }} or date '{{ start_date() }}' >= {{ oldest }})
{%- endmacro %}

{# A condition, with literals, on the partition dates on which orders of these months may be delivered. #}
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

{# Per order, its lines in quarantine: product and partition date. A record too broken to name an order belongs to none. #}
{% macro lines_in_quarantine(quarantine, months) -%}
    select
        {{ as_received('order_id') }} as order_id,
        array_agg(distinct cast(
            row({{ as_received('product_id') }}, partition_date) as row(product_id varchar, partition_date date)
        )) as lines
    from {{ quarantine }}
    where {{ is_order_line() }} and {{ in_deliveries_of('partition_date', months) }}
    group by {{ as_received('order_id') }}
{%- endmacro %}
