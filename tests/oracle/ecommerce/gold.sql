-- Customers, products, orders and their items, computed from all of silver without a merge. Days in any order must give the same.
-- Reads `order_lines` and `quarantine`; {start} and {max_age_days} are settings.

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
with headers as (
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
    cast(partition_date as timestamp) as updated_at,
    not exists (
        select 1 from quarantine as q
        where
            q.domain = 'ecommerce' and q.table_name = 'order_lines'
            and trim(json_extract_string(q.record, '$.order_id')) = headers.order_id
            and q.partition_date >= cast(headers.order_date as date)
            and q.partition_date
            <= greatest(cast(headers.order_date as date), date '{start}') + interval '{max_age_days}' day
            and not exists (
                select 1 from order_lines as l
                where
                    l.order_id = headers.order_id
                    and l.product_id = trim(json_extract_string(q.record, '$.product_id'))
                    and l.partition_date >= q.partition_date
            )
    ) as is_complete
from headers;

create or replace temp table sales as
select
    *,
    cast(order_date as date) as day,
    order_status not in ('cancelled', 'returned') as is_sale,
    delivered_date - cast(order_date as date) as delivery_days
from orders;
