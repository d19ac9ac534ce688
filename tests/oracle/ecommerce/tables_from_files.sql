-- Customers, products, orders and their lines from the delivered files alone. {folder} holds the files of the manifests as
-- <day>-<name>, and bad.json the keys of the records that were planted to be refused.
create or replace temp table good as
with delivered as (

    select *, regexp_extract(filename, '(\d{{4}}-\d\d-\d\d)-[^/]*$', 1) as day
    from read_csv(
        '{folder}/*.csv', all_varchar = true, header = true, ignore_errors = true, filename = true,
        quote = '"', escape = '"', null_padding = false
    )
    union all by name
    select *, regexp_extract(filename, '(\d{{4}}-\d\d-\d\d)-[^/]*$', 1) as day
    from read_json(
        '{folder}/*.jsonl', format = 'newline_delimited', ignore_errors = true, filename = true,
        columns = {{
            order_id: 'VARCHAR', product_id: 'VARCHAR', order_date: 'VARCHAR', order_status: 'VARCHAR',
            customer_id: 'VARCHAR', customer_name: 'VARCHAR', customer_segment: 'VARCHAR',
            category: 'VARCHAR', subcategory: 'VARCHAR',
            price: 'VARCHAR', quantity: 'VARCHAR', total_amount: 'VARCHAR'
        }}
    )

)

select distinct
    day,
    trim(order_id) as order_id,
    trim(product_id) as product_id,
    trim(customer_id) as customer_id,
    nullif(trim(customer_name), '') as customer_name,
    replace(replace(lower(nullif(trim(customer_segment), '')), ' ', '_'), '-', '_') as customer_segment,
    nullif(trim(category), '') as category,
    nullif(trim(subcategory), '') as subcategory,
    cast(trim(order_date) as timestamptz) as order_date,
    replace(replace(lower(trim(order_status)), ' ', '_'), '-', '_') as order_status,
    cast(trim(price) as decimal(10, 2)) as price,
    cast(trim(quantity) as integer) as quantity,
    cast(trim(total_amount) as decimal(10, 2)) as total_amount
from delivered
where
    nullif(trim(order_id), '') is not null
    and nullif(trim(product_id), '') is not null
    and try_cast(trim(price) as decimal(10, 2)) is not null
    and (day, trim(order_id), trim(product_id)) not in (
        select (day::varchar, order_id, product_id) from read_json('{folder}/bad.json')
    );

create or replace temp table lines as
select * from good
qualify row_number() over (partition by order_id, product_id order by day desc) = 1;

create or replace temp table orders as
select
    order_id,
    max_by(customer_id, day) as customer_id,
    max_by(order_date, day) as order_date,
    max_by(order_status, day) as order_status,
    sum(total_amount) as total_amount
from lines
group by order_id;

create or replace temp table sales as
select *, cast(order_date as date) as order_day
from orders
where order_status not in ('cancelled', 'returned');

create or replace temp table customers as
select * from good
qualify row_number() over (partition by customer_id order by order_date desc, day desc, order_id desc, product_id desc) = 1;

create or replace temp table products as
select * from good
qualify row_number() over (partition by product_id order by order_date desc, day desc, order_id desc) = 1;
