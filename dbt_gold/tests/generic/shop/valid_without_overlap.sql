{#
  The versions of each key follow each other: the first since 1900, each from before its end on, none from before the end of the one
  before, and none but the last is current. There is a gap only where the shop deleted the key, or emptied the table.
#}
{% test valid_without_overlap(model, key, versions, table) %}

with

stored as (
    select * from {{ model }}
),

keys as (
    select {{ key }}, min(position) as first_position, bool_or(operation = 'd') as is_deleted
    from {{ versions }}
    group by {{ key }}
    having {{ 'true' if tests_whole_tables() else 'bool_or(' ~ in_run('source_partition_date') ~ ')' }}
),

followed as (
    select
        stored.*,
        keys.first_position,
        keys.is_deleted,
        lag(stored.valid_to) over in_order as valid_to_before,
        row_number() over in_order as number,
        lead(stored.valid_from) over in_order as next_valid_from
    from stored
    inner join keys on stored.{{ key }} = keys.{{ key }}
    window in_order as (partition by stored.{{ key }} order by stored.valid_from asc)
),

final as (
    select followed.*
    from followed
    where
        (followed.number = 1 and followed.valid_from <> timestamp '1900-01-01 00:00:00')
        or followed.valid_from >= followed.valid_to
        or followed.is_current <> (followed.valid_to is null)
        or (followed.next_valid_from is not null and coalesce(followed.valid_to > followed.next_valid_from, true))
        or (
            followed.valid_from > followed.valid_to_before
            and not followed.is_deleted
            -- A snapshot begins as if it emptied the table. That explains no gap of rows that came later.
            and not exists (
                select 1 from {{ ref('int_truncations') }}
                where table_name = '{{ table }}' and position > followed.first_position
            )
        )
)

select * from final

{% endtest %}
