-- Grain: one row per order and day in silver. An order's money is that of its current lines, some of which may come from
-- older days, so it is compared with them.
select
    silver.partition_date,
    lines.total_amount,
    coalesce(
        orders.source_partition_date = silver.partition_date and orders.total_amount = lines.total_amount, false
    ) as is_carried,
    coalesce(orders.source_partition_date > silver.partition_date, false) as is_superseded
from (
    select distinct partition_date, order_id
    from silver.ecommerce.order_lines
    where partition_date between date '{first}' and date '{last}'
) as silver
left join gold.ecommerce.orders as orders on silver.order_id = orders.order_id
left join (
    select order_id, cast(sum(total_amount) as decimal(38, 2)) as total_amount
    from gold.ecommerce.order_items
    where order_id in (
        select order_id
        from gold.ecommerce.orders
        where source_partition_date between date '{first}' and date '{last}'
    )
    group by order_id
) as lines on silver.order_id = lines.order_id
