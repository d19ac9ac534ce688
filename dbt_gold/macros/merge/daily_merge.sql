{#
  The rows that bring a part of a table up to date: those of `computed` (the part, computed again) that differ from `held` (the part
  as the table has it). A row that only `held` has is returned without source_partition_date, so the MERGE deletes it.
#}
{% macro changes_of(computed, held, key, values) -%}
    select
        {%- for column in key %}
        coalesce(computed.{{ column }}, held.{{ column }}) as {{ column }},
        {%- endfor %}
        {{ columns_of('computed', values) }}
    from {{ computed }} as computed
    full join {{ held }} as held on {{ equal('computed', 'held', key) }}
    where {{ differ('computed.', 'held.', values) }}
{%- endmacro %}

{# The changes of a table of several rows per day. `day` is the column of the day, a part of the `key`. #}
{% macro daily_changes(computed, days, day, key, values) -%}
    {%- set held %}(
        select held.* from {{ held_rows() }} as held
        where {{ in_days('held.' ~ day, days) }}
    ){% endset -%}
    {{ changes_of(computed, held, key, values) }}
{%- endmacro %}
