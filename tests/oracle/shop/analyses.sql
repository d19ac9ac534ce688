-- The results of the analyses, from the rows and histories of replay.py and from gold.sql's fact_orders.
create or replace temp table sold as
select
    i.order_id, i.product_id, i.quantity, i.quantity * i.unit_price as revenue, o.order_ts, o.channel, o.address_id,
    c.city, c.region, p.category, p.subtype_id
from stg_order_items as i
inner join stg_orders as o using (order_id)
inner join history_of_customers as c
    on c.customer_id = o.customer_id and c.valid_from <= o.order_ts and coalesce(o.order_ts < c.valid_to, true)
inner join history_of_products as p
    on p.product_id = i.product_id and p.valid_from <= o.order_ts and coalesce(o.order_ts < p.valid_to, true)
where o.status in ('placed', 'paid', 'shipped', 'delivered');

create or replace temp table revenue_by_day as
select order_ts::date as order_date, count(distinct order_id) as orders, sum(quantity) as quantity, sum(revenue) as revenue
from sold
group by all
order by order_date;

create or replace temp table top_products as
select
    s.product_id, p.name, p.category, t.name as type, b.name as subtype, sum(s.quantity) as quantity, sum(s.revenue) as revenue
from sold as s
left join stg_products as p using (product_id)
left join stg_product_subtypes as b on b.subtype_id = p.subtype_id
left join stg_product_types as t using (type_id)
group by all
order by revenue desc, s.product_id
limit 10;

create or replace temp table repeat_customer_rate as
with buyers as (
    select customer_id, count(*) > 1 as is_back from stg_orders where status <> 'cancelled' group by customer_id
)

select count(*) as customers, countif(is_back) as repeat_customers, ratio(countif(is_back), count(*)) as repeat_customer_rate
from buyers;

create or replace temp table revenue_by_channel as
select channel, count(distinct order_id) as orders, sum(revenue) as revenue
from sold
group by all
order by revenue desc, channel;

create or replace temp table revenue_by_city as
select city, region, count(distinct order_id) as orders, sum(revenue) as revenue
from sold
group by all
order by revenue desc, city;

create or replace temp table revenue_by_category as
select category, sum(quantity) as quantity, sum(revenue) as revenue
from sold
group by all
order by revenue desc, category;

create or replace temp table monthly_sales as
with months as (
    select date_trunc('month', order_ts)::date as order_month, count(*) as orders, sum(amount)::decimal(38, 2) as sales
    from stg_orders
    where status <> 'cancelled'
    group by all
)

select
    m.order_month, m.orders, m.sales,
    ratio((m.sales - b.sales) * 100, b.sales * 100) as sales_growth,
    ratio(m.sales * 100, m.orders * 100) as average_order_value
from months as m
left join months as b on b.order_month = m.order_month - interval 1 month
order by m.order_month;

create or replace temp table lost_order_share as
select
    date_trunc('month', order_ts)::date as order_month, count(*) as orders, countif(is_lost) as lost_orders,
    ratio(countif(is_lost), count(*)) as lost_order_share
from fact_orders
group by all
order by order_month;

create or replace temp table average_fulfilment as
select
    date_trunc('month', order_ts)::date as order_month, count(hours_to_fulfil) as delivered_orders,
    ratio(sum(hours_to_fulfil) * 1000000, count(hours_to_fulfil) * 1000000) as average_hours_to_fulfil
from fact_orders
group by all
order by order_month;

create or replace temp table quarterly_sales as
select
    year(order_ts) as year, quarter(order_ts) as quarter, count(*) as orders, count(distinct customer_id) as customers,
    sum(amount)::decimal(38, 2) as sales
from stg_orders
where status <> 'cancelled'
group by all
order by year, quarter;

create or replace temp table revenue_by_subtype as
select t.name as type, b.name as subtype, sum(s.quantity) as quantity, sum(s.revenue) as revenue
from sold as s
left join stg_product_subtypes as b using (subtype_id)
left join stg_product_types as t using (type_id)
group by all
order by revenue desc, type, subtype;

create or replace temp table revenue_by_country as
select a.country, count(distinct s.order_id) as orders, sum(s.revenue) as revenue
from sold as s
inner join stg_addresses as a using (address_id)
group by all
order by revenue desc, a.country;
