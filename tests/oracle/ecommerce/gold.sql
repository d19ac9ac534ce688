-- Customers, products, orders and their items, computed from all of silver without a merge. Days in any order must give the same.
-- Reads `order_lines` and `quarantine`; {start} is a setting.

create or replace temp table customers as
select
    customer_id, customer_name, email, phone, address, city, state, zip_code, customer_segment, registration_date,
    cast(min(partition_date) over (partition by customer_id) as timestamp) as created_at,
    cast(partition_date as timestamp) as updated_at
from order_lines
qualify 1 = row_number() over (
    partition by customer_id order by order_date desc, partition_date desc, order_id desc, product_id desc
);

create or replace temp table products as
select
    product_id, product_name, category, subcategory, brand, price,
    cast(min(partition_date) over (partition by product_id) as timestamp) as created_at,
    cast(partition_date as timestamp) as updated_at
from order_lines
qualify 1 = row_number() over (partition by product_id order by order_date desc, partition_date desc, order_id desc);

create or replace temp table order_items as
select
    order_id, product_id, quantity, price, discount, total_amount,
    cast(min(partition_date) over (partition by order_id, product_id) as timestamp) as created_at,
    cast(partition_date as timestamp) as updated_at,
    order_date
from order_lines
qualify 1 = row_number() over (partition by order_id, product_id order by partition_date desc);

create or replace temp table orders as
with named as (
    select
        clean(json_extract_string(record, '$.order_id')) as order_id,
        clean(json_extract_string(record, '$.product_id')) as product_id,
        partition_date
    from quarantine
    where domain = 'ecommerce' and table_name = 'order_lines'
),

-- The newest day of a refused line of the order, whenever, that has not come without a fault on that day or later.
refused as (
    select n.order_id, max(n.partition_date) as partition_date
    from named as n
    where
        not exists (
            select 1 from order_lines as l
            where l.order_id = n.order_id and l.product_id = n.product_id and l.partition_date >= n.partition_date
        )
    group by n.order_id
),

headers as (
    select distinct order_id, customer_id, order_date, payment_method, shipping_method, order_status, partition_date
    from order_lines
    qualify 1 = dense_rank() over (partition by order_id order by partition_date desc)
)

select
    order_id, customer_id, order_date,
    (select sum(i.total_amount) from order_items as i where i.order_id = headers.order_id) as total_amount,
    payment_method, shipping_method, order_status,
    (
        select min(l.partition_date) from order_lines as l
        where
            l.order_id = headers.order_id and l.order_status = 'delivered'
        having min(l.partition_date) >= cast(headers.order_date as date) and cast(headers.order_date as date) >= date '{start}'
    ) as delivered_date,
    (select min(i.created_at) from order_items as i where i.order_id = headers.order_id) as created_at,
    cast(headers.partition_date as timestamp) as updated_at,
    refused.partition_date is null as is_complete,
    refused.partition_date as refused_partition_date
from headers
left join refused using (order_id);

create or replace temp table sales as
select
    *,
    cast(order_date as date) as day,
    order_status not in ('cancelled', 'returned') as is_sale,
    delivered_date - cast(order_date as date) as delivery_days
from orders;
