-- Grain: one row per count of the source, of one table. {{counts}} are the counts: partition date, and the position that the log
-- had come to. `refused_rows` are records in quarantine after which no good one of their key has come.
with counted as (

    select
        counted.partition_date,
        counted.position,
        coalesce(max(truncation.position), '') as emptied_at
    from (values {counts}) as counted (partition_date, position)
    left join gold.{schema}.int_truncations as truncation
        on truncation.table_name = '{source}' and truncation.position < counted.position
    group by counted.partition_date, counted.position

),

versions as (

    select
        {key},
        {amount} as amount,
        operation,
        position,
        lead(position) over (partition by {key} order by position asc) as next_position
    from gold.{schema}.{versions}

),

-- The newest version of each key at the time of a count.
newest as (

    select
        counted.partition_date,
        version.*
    from counted
    inner join versions as version
        on
            version.position > counted.emptied_at
            and version.position < counted.position
            and coalesce(version.next_position >= counted.position, true)

),

refused as (

    select
        {key_of_record},
        json_extract_scalar(record, '$._pos') as position
    from silver.quality.quarantine
    where domain = '{domain}' and table_name = '{source}'

),

current_rows as (

    select
        partition_date,
        count(*) as row_count,
        sum(amount) as amount
    from newest
    where operation <> 'd'
    group by partition_date

),

missing as (

    select
        counted.partition_date,
        count(*) as refused_rows
    from counted
    inner join refused
        on refused.position > counted.emptied_at and refused.position < counted.position
    left join newest
        on newest.partition_date = counted.partition_date and {same_key}
    where refused.position > coalesce(newest.position, '')
    group by counted.partition_date

)

select
    '{source}' as table_name,
    counted.partition_date,
    coalesce(current_rows.row_count, 0) as row_count,
    cast(coalesce(current_rows.amount, 0) as decimal(38, 2)) as amount,
    coalesce(missing.refused_rows, 0) as refused_rows
from counted
left join current_rows on counted.partition_date = current_rows.partition_date
left join missing on counted.partition_date = missing.partition_date
