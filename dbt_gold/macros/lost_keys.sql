{#
  Keys whose shown version, or first partition date, came from the run's days and is in silver(run) no more: a file was
  re-delivered or a contract mended. Two scans, as Iceberg can skip files for either condition but not for an OR of both.
#}
{% macro lost_keys(versions, key, rank) -%}
    select {{ columns_of('held', key) }}, held.created_at
    from {{ this }} as held
    left join {{ versions }} as version on {{ equal('held', 'version', key) }}
    where
        {{ in_run('held.source_partition_date') }}
        and (version.{{ key[0] }} is null or {{ is_older('version', 'held', rank) }})
    union all
    select {{ columns_of('held', key) }}, held.created_at
    from {{ this }} as held
    left join {{ versions }} as version on {{ equal('held', 'version', key) }}
    where
        {{ in_run('held.created_at') }}
        and not {{ in_run('held.source_partition_date') }}
        and version.{{ key[0] }} is null
{%- endmacro %}

{#
  The first day from which lost keys have to be read again, none when no key is lost. That includes the run's own days: they
  may hold a key earlier than it was held.
#}
{% macro look_up_lost_from(lines, key, rank) %}
    {% if not may_look_up() or not is_incremental() %}
        {{ return(none) }}
    {% endif %}
    {% set query %}
        with lines_of_run as (select * from {{ lines }} where {{ in_run('partition_date') }}),
        versions_of_run as ({{ newest_versions('lines_of_run', key, [], rank) }})
        select least(date '{{ first_day() }}', cast(min(created_at) as date))
        from ({{ lost_keys('versions_of_run', key, rank) }})
    {% endset %}
    {{ return(run_query(query).columns[0].values()[0]) }}
{% endmacro %}
