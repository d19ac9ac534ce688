-- Grain: one row per row of the silver table.
select
    silver.partition_date,
    silver.{amount} as amount,
    gold.source_partition_date,
    gold.{amount} as gold_amount
from {silver} as silver
left join {gold} as gold on {same_key}
where silver.partition_date between date '{first}' and date '{last}'
