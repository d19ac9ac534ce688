{#
  The rows that bring a table of several rows per day up to date. `computed` holds all rows of the touched `days`, computed again.
  Of these come the rows that differ from the table's (`held`). A row of the table that is not in `computed` comes without a
  source_partition_date, so the MERGE deletes it. `day` is the column of the day, a part of the `key`.
#}
{% macro daily_changes(computed, days, day, key, values) -%}
    select
        {%- for column in key %}
        coalesce(computed.{{ column }}, held.{{ column }}) as {{ column }},
        {%- endfor %}
        {{ columns_of('computed', values) }}
    from {{ computed }} as computed
    full join (
        select held.* from {{ held_rows() }} as held
        where {{ in_days('held.' ~ day, days) }}
    ) as held on {{ equal('computed', 'held', key) }}
    where {{ differ('computed.', 'held.', values) }}
{%- endmacro %}
