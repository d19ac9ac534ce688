{#
  Keys whose shown version, or whose first partition date, came from the run's days but is no longer in silver on these days: a
  file was delivered again, or a contract changed. Two scans, because Iceberg skips files for each condition but not for an OR of
  both.
#}
{% macro lost_keys(lines, key, rank, month_of=none) -%}
    {%- set columns = (key + source_columns(rank).split(', ') + ['created_at'] + ([month_of] if month_of else [])) | unique | list -%}
    select held.*
    from (
        select {{ columns | join(', ') }}
        from {{ held_rows() }}
        where {{ in_run('source_partition_date') }}
        union all
        select {{ columns | join(', ') }}
        from {{ held_rows() }}
        where {{ in_run('created_at') }} and not {{ in_run('source_partition_date') }}
    ) as held
    left join {{ lines }} as line
        on
            {{ equal('held', 'line', key) }}
            and not ({{ in_run('held.source_partition_date') }} and {{ is_older('line', 'held', rank) }})
    where line.{{ key[0] }} is null
{%- endmacro %}

{#
  `lost_from`: the first days from which silver is read again for lost keys; empty if no key is lost. It is never after the run's
  first day, as these days may hold a key earlier than the table says. `months`: the months in which a table partitioned by months
  holds the run's keys. There is no query when the answer is known: a table without rows of the run's days has lost no key.
#}
{% macro look_up_keyed_scope(lines, key, rank, month_of) %}
    {% set scope = {'lost_from': [], 'months': []} %}
    {% set may_lose = shared('holds_days_of_run').get(name_of(this), true) %}
    {% if not may_lose and not month_of %} {% do return(scope) %} {% endif %}
    {% set lost_from = "least(date '" ~ first_run_day() ~ "', cast(min(created_at) as date))" %}
    {% set query %}
        with lines_of_run as (
            {{ lines_as_versions(lines, key, [], rank) }}
            where {{ in_run('partition_date') }}
        )
        {%- if may_lose %},
        lost as ({{ lost_keys('lines_of_run', key, rank, month_of) }})
        {%- endif %}
        {%- if may_lose and month_of %},
        lost_by_month as (
            select date_trunc('month', {{ month_of }}) as month, {{ lost_from }} as lost_from from lost group by 1
        )
        select name, day
        from lost_by_month
        cross join unnest(array['lost_from', 'months'], array[lost_from, cast(month as date)]) as looked_up (name, day)
        union
        {%- elif may_lose %}
        select 'lost_from', {{ lost_from }} from lost having count(*) > 0
        {%- endif %}
        {%- if month_of %}
        select distinct 'months', cast(date_trunc('month', held.{{ month_of }}) as date)
        from {{ held_rows() }} as held
        inner join lines_of_run as line on {{ equal('held', 'line', key) }}
        {%- endif %}
    {% endset %}
    {{ return(look_up(scope, query)) }}
{% endmacro %}
