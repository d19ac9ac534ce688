{#
  The keyed merge: CTEs that end in `changes`, the rows that bring a table up to date with the run's days of silver. `changes` has
  the columns of the key, the attributes, source_<column> for each column of the rank, and created_at.

  A row of the table shows the newest version of its key. `rank` says what newest means: columns of silver, partition_date among
  them. source_<column> keeps the rank of the shown version, created_at the first partition date on which silver shows the key. A
  key that is gone from silver comes with a null source_partition_date, so the MERGE deletes it.
#}
{% macro keyed_merge(lines, key, attributes, rank, month_of=none) -%}
{%- set shown = attributes + source_columns(rank).split(', ') -%}
{%- set scope = look_up_keyed_scope(lines, key, rank, month_of) if execute else {'lost_from': [], 'months': []} -%}
{%- set lost_from = scope.lost_from | min -%}
{%- if month_of %} {%- do merge_only_in_months(month_of, scope.months) -%} {% endif %}
lines_of_run as (
    {{ lines_as_versions(lines, key, attributes, rank) }}
    where {{ in_run('partition_date') }}
),
{%- if lost_from %}

lost as (
    {{ lost_keys('lines_of_run', key, rank) }}
),

lines_elsewhere as (
    {{ lines_as_versions(lines, key, attributes, rank) }}
    where partition_date >= date '{{ lost_from }}' and not {{ in_run('partition_date') }}
),
{%- endif %}

versions as (
    select * from lines_of_run
    {%- if lost_from %}
    union all
    -- A lost key without a line on other days becomes a version without a date, older than all others.
    select {{ columns_of('lost', key) }}, {{ columns_of('line', shown) }}
    from lines_elsewhere as line
    right join lost on {{ equal('line', 'lost', key) }}
    {%- endif %}
),

ranked as (
    select
        *,
        row_number() over newest_first as version_number,
        min(source_partition_date) over (
            newest_first rows between unbounded preceding and unbounded following
        ) as first_partition_date
    from versions
    window newest_first as (
        partition by {{ key | join(', ') }}
        order by {{ source_columns(rank) | replace(',', ' desc nulls last,') }} desc nulls last
    )
),

newest as (
    select
        {{ columns_of('version', key + shown) }},
        {%- for column in shown + ['created_at'] %}
        held.{{ column }} as held_{{ column }},
        {%- endfor %}
        cast(version.first_partition_date as timestamp(6)) as first_seen_at,
        -- What the table says of the run's days may be out of date. For these days only silver counts.
        if(not {{ in_run('held.created_at') }}, held.created_at) as first_seen_elsewhere_at,
        not {{ in_run('held.source_partition_date') }} and {{ is_older('version', 'held', rank) }} as is_held_newer
    -- With the join in this order Trino hashes the run's keys first, then reads only those rows of the table that may have one.
    from {{ held_rows() }} as held
    right join ranked as version
        on {{ equal('held', 'version', key) }} {{ 'and ' ~ in_months('held.' ~ month_of, scope.months) if month_of }}
    where version.version_number = 1
),

current_rows as (
    select
        {{ key | join(', ') }},
        {%- for column in shown %}
        if(is_held_newer, held_{{ column }}, {{ column }}) as {{ column }},
        {%- endfor %}
        least(first_seen_at, coalesce(first_seen_elsewhere_at, first_seen_at)) as created_at,
        held_{{ (shown + ['created_at']) | join(', held_') }}
    from newest
),

changes as (
    select {{ (key + shown) | join(', ') }}, created_at
    from current_rows
    -- Most rows of a day that is run again are in the table already. Those are not written again.
    where {{ differ('', 'held_', shown + ['created_at']) }}
)
{%- endmacro %}

{# Silver's lines, with the columns of the rank under the names that the table gives them. #}
{% macro lines_as_versions(lines, key, attributes, rank) -%}
    select
        {{ (key + attributes) | join(', ') }},
        {%- for column in rank %}
        {{ column }} as source_{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ lines }}
{%- endmacro %}
