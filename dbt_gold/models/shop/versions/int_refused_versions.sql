{% set ids = ids_of_parts_of_orders() %}
{% set key = ['table_name', 'id', 'order_id', 'position'] %}
{% do merge_only_in_months('source_partition_date', months_of_run()) %}

with

refused as (
    select distinct
        table_name,
        coalesce(
            case table_name
                {%- for row, id in ids.items() %}
                when '{{ table_of(row) }}' then {{ refused_key(id) }}
                {%- endfor %}
            end,
            -1
        ) as id,
        coalesce({{ refused_key('order_id') }}, -1) as order_id,
        -- Without a position it may be the newest, so it counts for good.
        coalesce(json_extract_scalar(record, '$._pos'), '~' || cast(partition_date as varchar)) as position,
        partition_date as source_partition_date
    from {{ source('quality', 'quarantine') }}
    where
        {{ in_run('partition_date') }}
        and (
            {%- for row in ids %}
            {{ 'or ' if not loop.first }}({{ is_refused_by('shop', table_of(row)) }})
            {%- endfor %}
        )
),

final as (
    {% set held %}(select * from {{ held_rows() }} where {{ in_run('source_partition_date') }}){% endset %}
    {{ changes_of('refused', held, key, ['source_partition_date']) }}
)

select * from final
