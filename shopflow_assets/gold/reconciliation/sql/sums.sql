-- Grain: one row per key and day in silver. The amount of a key is the sum of its current lines, and some of them may come from
-- older days. So it is compared with the lines in gold.
select
    silver.partition_date,
    lines.{amount} as amount,
    gold.source_partition_date,
    gold.{amount} as gold_amount
from (
    select distinct partition_date, {key}
    from {silver}
    where partition_date between date '{first}' and date '{last}'
) as silver
left join {gold} as gold on {same_key}
left join (
    select {key}, cast(sum({amount}) as decimal(38, 2)) as {amount}
    from {lines}
    where {row_of_key} in (
        select {row_of_key}
        from {gold}
        where source_partition_date between date '{first}' and date '{last}'
    )
    group by {key}
) as lines on {same_key_of_lines}
