-- Grain: one row per partition date of the run; see `reconcile` for the columns.
with silver as (

    select partition_date, order_id, product_id, total_amount
    from silver.ecommerce.order_lines
    where partition_date between date '{first}' and date '{last}'

),

delivered as (

    select
        silver.partition_date,
        silver.total_amount,
        coalesce(
            items.source_partition_date = silver.partition_date and items.total_amount = silver.total_amount, false
        ) as is_carried,
        coalesce(items.source_partition_date > silver.partition_date, false) as is_superseded
    from silver
    left join gold.ecommerce.order_items as items
        on silver.order_id = items.order_id and silver.product_id = items.product_id

),

by_delivery as (

    select
        partition_date,
        count(*) as silver_rows,
        cast(sum(total_amount) as decimal(38, 2)) as silver_amount,
        count_if(is_carried) as carried_rows,
        cast(coalesce(sum(total_amount) filter (where is_carried), 0) as decimal(38, 2)) as carried_amount,
        count_if(is_superseded) as superseded_rows
    from delivered
    group by partition_date

),

by_source as (

    select
        source_partition_date as partition_date,
        count(*) as gold_rows,
        cast(sum(total_amount) as decimal(38, 2)) as gold_amount
    from gold.ecommerce.order_items
    where source_partition_date between date '{first}' and date '{last}'
    group by source_partition_date

)

select
    partition_date,
    coalesce(by_delivery.silver_rows, 0) as silver_rows,
    coalesce(by_delivery.silver_amount, 0) as silver_amount,
    coalesce(by_delivery.carried_rows, 0) as carried_rows,
    coalesce(by_delivery.carried_amount, 0) as carried_amount,
    coalesce(by_delivery.superseded_rows, 0) as superseded_rows,
    coalesce(by_source.gold_rows, 0) as gold_rows,
    coalesce(by_source.gold_amount, 0) as gold_amount
from by_delivery
full join by_source using (partition_date)
