with

{{ keyed_merge(
    lines=source('post', 'scans'),
    key=['parcel_id', 'place'],
    attributes=['scanned_at'],
    rank=['partition_date'],
) }},

final as (
    select
        parcel_id,
        place,
        scanned_at,
        created_at,
        source_partition_date
    from changes
)

select * from final
