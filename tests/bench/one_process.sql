-- One day in one process: typed and judged as the contract says, as far as SQL says it briefly. {folder} holds the day's
-- files, {day} is the partition date.
create or replace temp macro text(value) as nullif(trim(value), '');
create or replace temp macro term(value) as replace(replace(lower(text(value)), ' ', '_'), '-', '_');
create or replace temp macro money(value) as
case when regexp_full_match(text(value), '-?[0-9]+(\.[0-9]{{1,2}})?') then try_cast(text(value) as decimal(10, 2)) end;

create or replace temp table received as
select * from read_csv(
    '{folder}/*.csv', all_varchar = true, header = true, ignore_errors = true, quote = '"', escape = '"', null_padding = false
)
union all by name
select * from read_json(
    '{folder}/*.jsonl', format = 'newline_delimited', ignore_errors = true,
    columns = {{
        customer_id: 'VARCHAR', customer_name: 'VARCHAR', email: 'VARCHAR', phone: 'VARCHAR', address: 'VARCHAR',
        city: 'VARCHAR', state: 'VARCHAR', zip_code: 'VARCHAR', customer_segment: 'VARCHAR', registration_date: 'VARCHAR',
        order_id: 'VARCHAR', order_date: 'VARCHAR', product_id: 'VARCHAR', product_name: 'VARCHAR', category: 'VARCHAR',
        subcategory: 'VARCHAR', brand: 'VARCHAR', price: 'VARCHAR', quantity: 'VARCHAR', discount: 'VARCHAR',
        total_amount: 'VARCHAR', payment_method: 'VARCHAR', shipping_method: 'VARCHAR', order_status: 'VARCHAR'
    }}
);

create or replace temp table judged as
with typed as (
    select
        text(customer_id) as customer_id, text(customer_name) as customer_name, lower(text(email)) as email,
        text(phone) as phone, text(address) as address, text(city) as city, text(state) as state,
        text(zip_code) as zip_code, term(customer_segment) as customer_segment,
        try_cast(text(registration_date) as date) as registration_date,
        text(order_id) as order_id,
        cast(try_cast(text(order_date) as timestamptz) at time zone 'UTC' as timestamp) as order_date,
        text(product_id) as product_id, text(product_name) as product_name, text(category) as category,
        text(subcategory) as subcategory, text(brand) as brand,
        money(price) as price,
        case when regexp_full_match(text(quantity), '-?[0-9]+') then try_cast(text(quantity) as integer) end as quantity,
        money(discount) as discount, money(total_amount) as total_amount,
        term(payment_method) as payment_method, term(shipping_method) as shipping_method,
        term(order_status) as order_status,
        date '{day}' as partition_date,
        text(registration_date) as registration_text
    from received
)

select
    * exclude (registration_text),
    coalesce(
        customer_id is not null and order_id is not null and product_id is not null
        and price > 0 and quantity > 0 and total_amount >= 0
        and total_amount = price * quantity - discount
        and discount between 0 and price * quantity
        and order_date >= date '{day}' - 30 and order_date < date '{day}' + 1
        and (registration_text is null or registration_date <= order_date)
        and (email is null or regexp_full_match(email, '[^@\s]+@[^@\s]+\.[^@\s]+'))
        and (customer_segment is null or customer_segment in ('consumer', 'corporate', 'small_business'))
        and payment_method in ('credit_card', 'debit_card', 'paypal', 'bank_transfer', 'gift_card', 'cash_on_delivery')
        and shipping_method in ('standard', 'express', 'next_day', 'pickup')
        and order_status in ('pending', 'processing', 'shipped', 'delivered', 'cancelled', 'returned'),
        false
    ) as is_good
from typed;

create or replace temp table agreeing as
select * exclude (is_good) from judged
where is_good
qualify count(distinct (customer_id, order_date, payment_method, shipping_method, order_status)) over (partition by order_id) = 1;

create or replace temp table order_lines as
select distinct * from agreeing
qualify count(distinct agreeing) over (partition by order_id, product_id) = 1;

create or replace temp table order_items as
select
    order_id, product_id, quantity, price, discount, total_amount, order_date, order_status, customer_id, payment_method,
    shipping_method, partition_date
from order_lines;

create or replace temp table customers as
select
    customer_id, customer_name, email, phone, address, city, state, zip_code, customer_segment, registration_date, order_date
from order_lines
qualify row_number() over (partition by customer_id order by order_date desc, order_id desc, product_id desc) = 1;

create or replace temp table products as
select product_id, product_name, category, subcategory, brand, price, order_date
from order_lines
qualify row_number() over (partition by product_id order by order_date desc, order_id desc) = 1;
