-- Grain: one row per order line in silver.
select
    silver.partition_date,
    silver.total_amount,
    coalesce(
        items.source_partition_date = silver.partition_date and items.total_amount = silver.total_amount, false
    ) as is_carried,
    coalesce(items.source_partition_date > silver.partition_date, false) as is_superseded
from silver.ecommerce.order_lines as silver
left join gold.ecommerce.order_items as items
    on silver.order_id = items.order_id and silver.product_id = items.product_id
where silver.partition_date between date '{first}' and date '{last}'
