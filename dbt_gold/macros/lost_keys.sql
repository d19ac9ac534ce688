{#
  Keys whose shown version, or first partition date, came from the run's days and is in silver(run) no more: a file was
  re-delivered or a contract mended. Two scans, as Iceberg can skip files for either condition but not for an OR of both.
#}
{% macro lost_keys(versions, key, rank) -%}
    select {{ columns_of('held', key) }}, held.created_at
    from {{ held_rows() }} as held
    left join {{ versions }} as version on {{ equal('held', 'version', key) }}
    where
        {{ in_run('held.source_partition_date') }}
        and (version.{{ key[0] }} is null or {{ is_older('version', 'held', rank) }})
    union all
    select {{ columns_of('held', key) }}, held.created_at
    from {{ held_rows() }} as held
    left join {{ versions }} as version on {{ equal('held', 'version', key) }}
    where
        {{ in_run('held.created_at') }}
        and not {{ in_run('held.source_partition_date') }}
        and version.{{ key[0] }} is null
{%- endmacro %}

{#
  `lost_from`: the first day from which lost keys have to be read again, none if no key is lost; the run's own days are read, as
  they may hold a key earlier than it was held. `months`: where a table partitioned by months holds the run's keys.
#}
{% macro look_up_keyed_scope(lines, key, rank, month_of) %}
    {% set query %}
        with lines_of_run as (select * from {{ lines }} where {{ in_run('partition_date') }}),
        versions_of_run as ({{ newest_versions('lines_of_run', key, [], rank) }}),
        lost as ({{ lost_keys('versions_of_run', key, rank) }})
        select 'lost_from', least(date '{{ first_day() }}', cast(min(created_at) as date)) from lost having count(*) > 0
        {%- if month_of %}
        union all
        select distinct 'months', cast(date_trunc('month', held.{{ month_of }}) as date)
        from {{ held_rows() }} as held
        inner join (
            select {{ key | join(', ') }} from versions_of_run
            union
            select {{ key | join(', ') }} from lost
        ) as change on {{ equal('held', 'change', key) }}
        {%- endif %}
    {% endset %}
    {{ return(look_up({'lost_from': [], 'months': []}, query)) }}
{% endmacro %}
