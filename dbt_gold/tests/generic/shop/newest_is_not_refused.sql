{#
  Keys of which silver refused a version of the run's days that is newer than all it has. Until a good version comes, gold shows the
  row as it was before.
#}
{% test newest_is_not_refused(model, table, key) %}

with

versions as (
    select * from {{ model }}
),

refused as (
    select
        {%- for column in key %}
        json_extract_scalar(record, '$.{{ column }}') as {{ column }},
        {%- endfor %}
        json_extract_scalar(record, '$._pos') as position,
        partition_date
    from {{ source('quality', 'quarantine') }}
    where {{ is_refused_by('shop', table) }} and {{ rows_of_run('partition_date', 'partition_date') }}
),

final as (
    select refused.*
    from refused
    where
        position > {{ last_truncation(table) }}
        and not exists (
            select 1 from versions
            where
                versions.position > refused.position
                {%- for column in key %}
                and cast(versions.{{ column }} as varchar) = refused.{{ column }}
                {%- endfor %}
        )
)

select * from final

{% endtest %}
