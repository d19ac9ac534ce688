-- What a day's silver changes in gold: the rows to merge by key.
create or replace view order_items as
select
    order_id, product_id, quantity, price, discount, total_amount, order_date, order_status, customer_id, payment_method,
    shipping_method, partition_date
from order_lines;

create or replace view customers as
select
    customer_id, customer_name, email, phone, address, city, state, zip_code, customer_segment, registration_date, order_date
from order_lines
qualify row_number() over (partition by customer_id order by order_date desc, order_id desc, product_id desc) = 1;

create or replace view products as
select product_id, product_name, category, subcategory, brand, price, order_date
from order_lines
qualify row_number() over (partition by product_id order by order_date desc, order_id desc) = 1;
