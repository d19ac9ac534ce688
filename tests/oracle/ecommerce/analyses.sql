-- The results of the analyses, from the tables of gold.sql.
create or replace temp table recent as
select * from sales
where is_sale and day > (select max(day) from sales) - 30;

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
    count(distinct i.product_id) as product_count,
    sum(i.quantity) as total_quantity,
    sum(i.total_amount) as total_revenue,
    ratio(sum(i.price) * 100, 100 * count(*)) as avg_price
from order_items as i
inner join recent as r using (order_id)
inner join products as p using (product_id)
group by all
order by total_revenue desc, p.category nulls last, p.subcategory nulls last;

create or replace temp table customer_lifetime_value as
with buyers as (
    select
        c.customer_segment, count(*) as orders, sum(s.total_amount) as spent,
        max(s.day) - min(s.day) as lifespan
    from sales as s
    inner join customers as c using (customer_id)
    where s.is_sale
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
