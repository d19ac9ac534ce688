{#
  What differs between a table's rows and what they are to be. Most rows that are computed anew come out as they are: those are
  not written again. A row held whose key is not `alive` goes with a null source_partition_date, for the MERGE to delete it.
#}
{% macro changed_rows(current, held, key, alive, columns) -%}
    (
        select {{ columns | join(', ') }} from {{ current }}
        except
        select {{ columns | join(', ') }} from {{ held }}
    )
    union all
    select
        {%- for column in columns %}
        {{ 'cast(null as date)' if column == 'source_partition_date' else held ~ '.' ~ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ held }}
    left join {{ alive }} on {{ held }}.{{ key }} = {{ alive }}.{{ key }}
    where {{ alive }}.{{ key }} is null
{%- endmacro %}
