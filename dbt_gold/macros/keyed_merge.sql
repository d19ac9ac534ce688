{#
  The keyed merge: CTEs that end in `changes`, the rows which bring a table up to date with the run's days of silver.

  A row of the table shows the newest version of its key, by `rank` (columns of silver, partition_date among them). It keeps the
  version's rank in source_<column>, and in created_at the first partition date on which silver shows the key. A key that silver
  holds no more comes with a null source_partition_date, which the MERGE takes as a delete.
#}
{% macro keyed_merge(lines, key, attributes, rank, month_of=none) -%}
{%- set shown = attributes + source_columns(rank).split(', ') -%}
{%- set scope = look_up_keyed_scope(lines, key, rank, month_of) if execute else {'lost_from': [], 'months': []} -%}
{%- set lost_from = scope.lost_from | first -%}
{%- if month_of %}
{{ merge_months_of(month_of, scope.months) }}
{% endif %}

lines_of_run as (
    select * from {{ lines }}
    where {{ in_run('partition_date') }}
),

versions_of_run as (
    {{ newest_versions('lines_of_run', key, attributes, rank) }}
),
{%- if lost_from %}

lost as (
    {{ lost_keys('versions_of_run', key, rank) }}
),

lines_of_lost as (
    select line.*
    from {{ lines }} as line
    inner join lost on {{ equal('line', 'lost', key) }}
    where line.partition_date >= date '{{ lost_from }}'
),

versions_of_lost as (
    {{ newest_versions('lines_of_lost', key, attributes, rank) }}
),
{%- endif %}

candidates as (
    select
        {{ columns_of('version', key + shown) }},
        cast(version.first_partition_date as timestamp(6)) as first_seen_at,
        false as is_held,
        cast(null as timestamp(6)) as held_created_at
    from versions_of_run as version
    {%- if lost_from %}
    left join lost on {{ equal('version', 'lost', key) }}
    where lost.{{ key[0] }} is null
    {%- endif %}
    union all
    select
        {{ columns_of('held', key + shown) }},
        -- What the run's days show is known from the versions; here it may be out of date.
        if({{ in_run('held.created_at') }}, null, held.created_at) as first_seen_at,
        true as is_held,
        held.created_at as held_created_at
    from {{ held_rows() }} as held
    inner join versions_of_run as version on {{ equal('held', 'version', key) }}
    {%- if lost_from %}
    left join lost on {{ equal('held', 'lost', key) }}
    {%- endif %}
    where
        {{ in_months('held.' ~ month_of, scope.months) if month_of else 'true' }}
        {{ 'and lost.' ~ key[0] ~ ' is null' if lost_from }}
),

ranked as (
    select
        *,
        min(first_seen_at) over (partition by {{ key | join(', ') }}) as created_at,
        max(held_created_at) over (partition by {{ key | join(', ') }}) as known_created_at,
        row_number() over (
            partition by {{ key | join(', ') }}
            order by {{ source_columns(rank) | replace(',', ' desc,') }} desc, is_held
        ) as place
    from candidates
),

changes as (
    select {{ (key + shown) | join(', ') }}, created_at
    from ranked
    -- Where the table shows a newer version already, only the first partition date may have changed.
    where place = 1 and (not is_held or created_at <> known_created_at)
    {%- if lost_from %}
    union all
    select
        {{ columns_of('lost', key) }},
        {{ columns_of('version', shown) }},
        cast(version.first_partition_date as timestamp(6)) as created_at
    from lost
    left join versions_of_lost as version on {{ equal('lost', 'version', key) }}
    {%- endif %}
)
{%- endmacro %}
