-- What the analyses come to, from the tables of tables_from_files.sql.
create or replace temp table recent as
select * from sales
where order_day > (select max(cast(order_date as date)) from orders) - 30;

create or replace temp table top_customers as
select c.customer_id, c.customer_name, c.customer_segment, count(*) as order_count, sum(r.total_amount) as total_spent
from recent as r
inner join customers as c using (customer_id)
group by all
order by total_spent desc, customer_id
limit 10;

create or replace temp table category_sales as
select
    p.category, p.subcategory,
    count(distinct l.product_id) as product_count,
    sum(l.quantity) as total_quantity,
    sum(l.total_amount) as total_revenue,
    ratio(sum(l.price) * 100, 100 * count(*)) as avg_price
from lines as l
inner join recent as r using (order_id)
inner join products as p using (product_id)
group by all
order by total_revenue desc, p.category nulls last, p.subcategory nulls last;

create or replace temp table customer_lifetime_value as
with buyers as (
    select
        c.customer_segment, count(*) as orders, sum(s.total_amount) as spent,
        max(s.order_day) - min(s.order_day) as lifespan
    from sales as s
    inner join customers as c using (customer_id)
    group by c.customer_id, c.customer_segment
)

select
    customer_segment,
    count(*) as customer_count,
    ratio(sum(orders), count(*)) as avg_orders,
    ratio(sum(spent) * 100, 100 * count(*)) as avg_spent,
    ratio(sum(lifespan), count(*)) as avg_lifespan_days,
    ratio(sum(ratio(spent * 100, 100 * lifespan) * 1000000), 1000000 * count(*) filter (where lifespan > 0)) as daily_value
from buyers
group by customer_segment
order by avg_spent desc, customer_segment nulls last;
