-- Grain: one row per count of the source for which gold has rows. {{counts}}: partition date, position of the count in the log,
-- position at which the table was last emptied before it.
select
    '{source}' as table_name,
    counted.partition_date,
    count(*) as row_count,
    cast(coalesce(sum(version.amount), 0) as decimal(38, 2)) as amount
from (values {counts}) as counted (partition_date, position, emptied_at)
-- The newest version of each key at the time of the count.
inner join (
    select
        {amount} as amount,
        operation,
        position,
        lead(position) over (partition by {key} order by position asc) as next_position
    from gold.{schema}.{versions}
) as version
    on
        version.position > counted.emptied_at
        and version.position < counted.position
        and coalesce(version.next_position >= counted.position, true)
where version.operation <> 'd'
group by counted.partition_date
