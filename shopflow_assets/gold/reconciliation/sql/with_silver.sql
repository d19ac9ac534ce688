-- Grain: one row per partition date of the run. `reconcile` says what the columns mean. {{gold}} is the gold table, {{delivered}}
-- the query in rows.sql or sums.sql: each silver row of these days, with its amount and the source day and amount in gold.
with delivered as (

    {delivered}

),

judged as (

    select
        *,
        coalesce(source_partition_date = partition_date and gold_amount = amount, false) as is_carried,
        coalesce(source_partition_date > partition_date, false) as is_superseded
    from delivered

),

by_delivery as (

    select
        partition_date,
        count(*) as silver_rows,
        count_if(is_carried) as carried_rows,
        cast(coalesce(sum(amount) filter (where is_carried), 0) as decimal(38, 2)) as carried_amount,
        count_if(is_superseded) as superseded_rows
    from judged
    group by partition_date

),

by_source as (

    select
        source_partition_date as partition_date,
        count(*) as gold_rows,
        cast(sum({amount}) as decimal(38, 2)) as gold_amount
    from {gold}
    where source_partition_date between date '{first}' and date '{last}'
    group by source_partition_date

)

select
    partition_date,
    coalesce(by_delivery.silver_rows, 0) as silver_rows,
    coalesce(by_delivery.carried_rows, 0) as carried_rows,
    coalesce(by_delivery.carried_amount, 0) as carried_amount,
    coalesce(by_delivery.superseded_rows, 0) as superseded_rows,
    coalesce(by_source.gold_rows, 0) as gold_rows,
    coalesce(by_source.gold_amount, 0) as gold_amount
from by_delivery
full join by_source using (partition_date)
