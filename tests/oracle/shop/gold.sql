-- The shop's dimensions and facts, computed from the rows at the end of the log (stg_*) and from the histories that replay.py made.
-- Hashes cannot be computed here. So a key is the text of what it stands for, and empty for the unknown member.

create or replace temp macro since(id, start) as id || ' ' || strftime(start, '%Y-%m-%d %H:%M:%S.%f');

-- The versions of orders since the table was last emptied.
create or replace temp table known_orders as
select *, case _op when 'r' then ifnull(updated_at, _at) else _at end as seen_at
from orders
where _op in ('r', 'c', 'u') and _pos > coalesce((select max(_pos) from orders where _op = 't'), '');

create or replace temp table lifetimes as
select
    customer_id, count(*) as orders,
    cast(sum(amount) - coalesce(sum((
        select sum(r.amount) from stg_refunds as r where r.order_id = o.order_id and r.status = 'succeeded'
    )), 0) as decimal(38, 2)) as lifetime_value
from stg_orders as o
where status in ('placed', 'paid', 'shipped', 'delivered')
group by customer_id;

create or replace temp table customer_lifetime_value as select * from lifetimes;

create or replace temp table dim_customer as
select
    since(h.customer_id, h.valid_from) as customer_key, 'shop' as source_system, h.*,
    cast(ifnull(l.lifetime_value, 0) as decimal(38, 2)) as lifetime_value
from history_of_customers as h left join lifetimes as l using (customer_id)
union all by name
select '' as customer_key, 'shop' as source_system;

create or replace temp table dim_product as
select
    since(h.product_id, h.valid_from) as product_key, 'shop' as source_system, h.*,
    (select n.unit_price from history_of_products as n where n.product_id = h.product_id order by n.valid_from desc limit 1)
        as current_price,
    s.name as subtype, t.name as type, p.name as supplier
from history_of_products as h
left join stg_product_subtypes as s using (subtype_id)
left join stg_product_types as t using (type_id)
left join stg_suppliers as p on p.supplier_id = h.supplier_id
union all by name
select '' as product_key, 'shop' as source_system;

create or replace temp table dim_supplier as
select supplier_id || '' as supplier_key, 'shop' as source_system, * from stg_suppliers
union all by name
select '' as supplier_key, 'shop' as source_system;

create or replace temp table dim_address as
select address_id || '' as address_key, 'shop' as source_system, * from stg_addresses
union all by name
select '' as address_key, 'shop' as source_system;

create or replace temp table dim_store as
select name as store_key, 'shop' as source_system, nullif(name, '') as store_name
from (values ('web'), ('mobile'), ('marketplace'), ('')) as stores (name);

create or replace temp table dim_status as
select name as status_key, 'shop' as source_system, nullif(name, '') as status
from (values ('placed'), ('paid'), ('shipped'), ('delivered'), ('cancelled'), ('')) as statuses (name);

create or replace temp table dim_payment as
select name as payment_key, 'shop' as source_system, nullif(name, '') as payment_method
from (values ('card'), ('paypal'), ('bank_transfer'), ('gift_card'), ('')) as payments (name);

create or replace temp table dim_date as
select
    strftime(d, '%Y%m%d')::integer as date_key, d::date as full_date, year(d) as year, quarter(d) as quarter, month(d) as month,
    monthname(d) as month_name, isoyear(d) as year_of_week, weekofyear(d) as week, day(d) as day_of_month,
    isodow(d) as day_of_week, dayname(d) as day_name, dayname(d) in ('Saturday', 'Sunday') as is_weekend
from generate_series(timestamp '1900-01-01', timestamp '2099-12-31', interval 1 day) as days (d)
union all by name
select -1 as date_key;

create or replace temp table fact_orders as
with seen as (
    select
        o.*,
        (select min(k.seen_at) from known_orders as k where k.order_id = o.order_id and k.status = 'paid') as seen_paid,
        (select min(k.seen_at) from known_orders as k where k.order_id = o.order_id and k.status = 'shipped') as seen_shipped,
        (select min(k.seen_at) from known_orders as k where k.order_id = o.order_id and k.status = 'delivered') as seen_delivered,
        (select min(k.seen_at) from known_orders as k where k.order_id = o.order_id and k.status = 'cancelled') as seen_cancelled,
        (select min(p.paid_at) from stg_payments as p where p.order_id = o.order_id and p.status = 'captured') as money_came,
        (select min(s.shipped_at) from stg_shipments as s where s.order_id = o.order_id) as first_parcel_left,
        (select max(s.delivered_at) from stg_shipments as s where s.order_id = o.order_id having bool_and(s.delivered_at is not null))
            as last_parcel_came,
        (select coalesce(sum(r.amount), 0) from stg_refunds as r where r.order_id = o.order_id and r.status = 'succeeded') as went_back,
        (select count(*) from stg_order_items as i where i.order_id = o.order_id) as lines_now,
        (select coalesce(sum(i.quantity * i.unit_price), 0) from stg_order_items as i where i.order_id = o.order_id) as of_lines
    from stg_orders as o
),

stepped as (
    select
        *, case status when 'delivered' then ifnull(last_parcel_came, seen_delivered) end as arrived
    from seen
)

select
    o.order_id, 'shop' as source_system,
    strftime(o.order_ts, '%Y%m%d')::integer as date_key,
    ifnull((
        select c.customer_key from dim_customer as c
        where c.customer_id = o.customer_id and o.order_ts >= c.valid_from and not ifnull(o.order_ts >= c.valid_to, false)
    ), '') as customer_key,
    ifnull((select a.address_key from dim_address as a where a.address_id = o.address_id), '') as address_key,
    o.channel as store_key, o.payment_method as payment_key, o.status as status_key,
    o.customer_id, o.address_id, o.order_ts, o.status, o.amount, cast(o.of_lines as decimal(38, 2)) as items_amount,
    o.discount, o.shipping, o.tax, o.currency, cast(o.went_back as decimal(38, 2)) as refunded_amount, o.lines_now as line_count,
    o.order_ts as placed_at,
    ifnull(o.money_came, o.seen_paid) as paid_at,
    ifnull(o.first_parcel_left, o.seen_shipped) as shipped_at,
    o.arrived as delivered_at,
    case o.status when 'cancelled' then o.seen_cancelled end as cancelled_at,
    ratio(date_diff('millisecond', o.order_ts, o.arrived), 3600000) as hours_to_fulfil,
    o.status = 'cancelled' or (o.went_back >= o.amount and o.amount <> 0) as is_lost,
    (select max(d.partition_date) from doubts_about_orders as d where d.order_id = o.order_id) as refused_partition_date,
    not exists (select 1 from doubts_about_orders as d where d.order_id = o.order_id) as is_complete
from stepped as o;

alter table fact_orders add column is_waiting boolean;
update fact_orders set is_waiting = '' in (customer_key, address_key);

create or replace temp table fact_sales as
with versioned as (
    select i.*, o.order_ts, p.product_key, p.supplier_id
    from stg_order_items as i
    inner join stg_orders as o using (order_id)
    left join dim_product as p
        on p.product_id = i.product_id and p.valid_from <= o.order_ts and (p.is_current or o.order_ts < p.valid_to)
)

select
    v.order_id, v.product_id, 'shop' as source_system, o.date_key, o.customer_key, ifnull(v.product_key, '') as product_key,
    ifnull((select s.supplier_key from dim_supplier as s where s.supplier_id = v.supplier_id), '') as supplier_key,
    o.store_key, o.address_key, o.payment_key, o.status_key, o.customer_id, o.order_ts, v.quantity, v.unit_price,
    cast(v.unit_price * v.quantity as decimal(38, 2)) as line_revenue
from versioned as v inner join fact_orders as o using (order_id);

alter table fact_sales add column is_waiting boolean;
update fact_sales set is_waiting = '' in (customer_key, address_key, product_key, supplier_key);

create or replace temp table reprocessing_queue as
with waiting as (
    select 'fact_orders' as fact, order_id, null::bigint as product_id, order_ts, 'customer' as missing, 'customer_id' as column_name,
        customer_id as id
    from fact_orders where customer_key = ''
    union all
    select 'fact_orders', order_id, null, order_ts, 'address', 'address_id', address_id from fact_orders where address_key = ''
    union all
    select 'fact_sales', order_id, product_id, order_ts, 'product', 'product_id', product_id from fact_sales where product_key = ''
    union all
    select 'fact_sales', order_id, product_id, order_ts, 'supplier', 'product_id', product_id from fact_sales where supplier_key = ''
)

select
    fact, order_id, product_id,
    'dim_' || missing || ' has no row for ' || column_name || ' ' || ifnull(id || '', 'null') || ' at ' ||
    strftime(order_ts, '%Y-%m-%d %H:%M:%S') as reason,
    greatest(
        (select max(o.partition_date) from stg_orders as o where o.order_id = waiting.order_id),
        case fact when 'fact_sales' then (
            select max(i.partition_date) from stg_order_items as i
            where i.order_id = waiting.order_id and i.product_id = waiting.product_id
        ) end
    ) as partition_date
from waiting;
