-- Grain: one row per row of the silver table.
select
    silver.partition_date,
    silver.{amount},
    coalesce(
        gold.source_partition_date = silver.partition_date and gold.{amount} = silver.{amount}, false
    ) as is_carried,
    coalesce(gold.source_partition_date > silver.partition_date, false) as is_superseded
from {silver} as silver
left join {gold} as gold on {same_key}
where silver.partition_date between date '{first}' and date '{last}'
