{#
  What brings a table of several rows per day up to date: those of `computed`, the touched `days` made anew, that differ from the
  rows held, and the held ones that are gone, which lose their source_partition_date and so are deleted by the MERGE. `day` is the
  column of the day, a part of the `key`.
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
