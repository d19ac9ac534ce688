{#
  The history of the keys that the run touched: one row per period in which the tracked columns were the same. Ends in `computed`.

  Versions are ordered by position. A version whose time is earlier than that of the one before it counts from that later time. Of
  several versions at one instant, the last wins. A deleted key, and each key of an emptied table, has no row from then on. The first
  version of a key is valid since 1900.
#}
{% macro history(row, tracked) -%}
{%- set versions, table, key = ref('int_' ~ row ~ '_versions'), table_of(row), row ~ '_id' -%}
touched as (
    {{ touched_keys(row) }}
),

versions as (
    select
        {{ key }},
        {%- for column in tracked %}
        {{ as_last_sent(column, [key]) if column in wide_columns(model.columns, [key]) else column }} as {{ column }},
        {%- endfor %}
        position,
        operation,
        changed_at,
        source_partition_date
    from {{ versions }}
    where {{ key }} in (select {{ key }} from touched)
),

-- An emptied table ends each of its keys, unless a snapshot reads the key again right after.
truncations_of_keys as (
    select
        known.{{ key }},
        truncation.position,
        truncation.changed_at,
        truncation.source_partition_date
    from (select {{ key }}, min(position) as first_position from versions group by {{ key }}) as known
    inner join {{ ref('int_truncations') }} as truncation
        on truncation.table_name = '{{ table }}' and known.first_position < truncation.position
),

events as (
    select {{ key }}, {{ tracked | join(', ') }}, position, operation, changed_at, source_partition_date
    from versions
    union all
    select {{ key }}, {{ 'null, ' * (tracked | length) }} position, 't', changed_at, source_partition_date
    from truncations_of_keys
),

with_next_operation as (
    select
        *,
        lead(operation) over (partition by {{ key }} order by position asc) as next_operation
    from events
),

with_time as (
    select
        *,
        max(changed_at) over (
            partition by {{ key }} order by position asc rows between unbounded preceding and current row
        ) as happened_at
    from with_next_operation
    where not (operation = 't' and coalesce(next_operation = 'r', false))
),

last_of_instant as (
    select
        *,
        operation in ('d', 't') as is_gone
    from (
        select *, lead(happened_at) over (partition by {{ key }} order by position asc) as next_happened_at
        from with_time
    )
    where happened_at is distinct from next_happened_at
),

compared as (
    select
        *,
        lag(is_gone) over in_order as was_gone,
        {%- for column in tracked %}
        lag({{ column }}) over in_order as last_{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from last_of_instant
    window in_order as (partition by {{ key }} order by position asc)
),

state_changes as (
    select
        *,
        lead(happened_at) over (partition by {{ key }} order by position asc) as valid_to,
        row_number() over (partition by {{ key }} order by position asc) as number
    from compared
    where
        if(was_gone is null, not is_gone, is_gone <> was_gone or (not is_gone and {{ differ('', 'last_', tracked) }}))
),

periods as (
    select
        {{ key }},
        {{ tracked | join(', ') }},
        if(number = 1, timestamp '1900-01-01 00:00:00.000000', happened_at) as valid_from,
        valid_to,
        valid_to is null as is_current,
        source_partition_date
    from state_changes
    where not is_gone
),

computed as (
    select
        {{ surrogate_key(key, 'valid_from') }} as {{ key | replace('_id', '_key') }},
        '{{ source_system() }}' as source_system,
        *
    from periods
)
{%- endmacro %}

{# The keys with versions on the run's days; all keys, if the table was emptied on one of them. #}
{% macro touched_keys(row) -%}
    {{ keys_of_run(row, row ~ '_id') }}
    union
    select {{ row }}_id
    from {{ ref('int_' ~ row ~ '_versions') }}
    where
        exists (
            select 1 from {{ ref('int_truncations') }}
            where table_name = '{{ table_of(row) }}' and {{ in_run('source_partition_date') }}
        )
{%- endmacro %}
