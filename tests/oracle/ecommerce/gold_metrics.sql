-- The tables of metrics, from the tables of gold.sql.
create or replace temp table product_performance as
with per_product as (
    select
        s.day as order_date, i.product_id, p.product_name, p.category, p.subcategory, p.brand,
        count(*) as orders,
        coalesce(sum(i.quantity) filter (where s.is_sale), 0) as quantity,
        coalesce(sum(i.total_amount) filter (where s.is_sale), 0) as revenue,
        coalesce(sum(i.discount) filter (where s.is_sale), 0) as discount_amount
    from order_items as i
    inner join sales as s using (order_id)
    inner join products as p using (product_id)
    group by all
)

select *, ratio(revenue * 100, sum(revenue * 100) over (partition by order_date)) as revenue_share from per_product;

create or replace temp table category_performance as
with per_category as (
    select
        order_date, coalesce(category, 'unknown') as category, count(*) as products, sum(quantity) as quantity,
        sum(revenue) as revenue, sum(discount_amount) as discount_amount
    from product_performance
    group by all
)

select *, ratio(revenue * 100, sum(revenue * 100) over (partition by order_date)) as revenue_share from per_category;

create or replace temp table brand_performance as
with per_brand as (
    select
        order_date, coalesce(brand, 'unknown') as brand, count(*) as products, sum(quantity) as quantity,
        sum(revenue) as revenue, sum(discount_amount) as discount_amount
    from product_performance
    group by all
)

select *, ratio(revenue * 100, sum(revenue * 100) over (partition by order_date)) as revenue_share from per_brand;

create or replace temp table order_analytics as
select
    s.day as order_date, s.payment_method, s.shipping_method, s.order_status,
    count(*) as orders,
    sum(s.total_amount) as order_value,
    coalesce(sum(s.total_amount) filter (where s.is_sale), 0) as revenue,
    ratio(sum(s.total_amount * 100) filter (where s.is_sale), 100 * count(*)) as average_order_value,
    (
        select ratio(count(*) filter (where o.order_status = 'cancelled'), count(*)) from sales as o
        where o.day = s.day and o.payment_method = s.payment_method and o.shipping_method = s.shipping_method
    ) as cancelled_share,
    count(s.delivery_days) as dated_deliveries,
    coalesce(sum(s.delivery_days), 0) as days_to_delivery,
    ratio(sum(s.delivery_days), count(s.delivery_days)) as average_days_to_delivery
from sales as s
group by all;

create or replace temp table business_metrics as
with days as (
    select
        day,
        count(*) as orders,
        count(distinct customer_id) as customers,
        coalesce(sum(total_amount) filter (where is_sale), 0) as revenue,
        count(*) filter (where is_sale) as revenue_orders,
        count(*) filter (where order_status = 'delivered') as delivered,
        count(*) filter (where order_status = 'cancelled') as cancelled,
        count(*) filter (where order_status = 'returned') as returned,
        sum(delivery_days) as delivery_days,
        count(delivery_days) as dated_deliveries,
        coalesce(
            (select sum(i.discount) from order_items as i inner join sales as o using (order_id) where o.is_sale and o.day = sales.day), 0
        ) as discounts
    from sales
    group by day
),

categories as (
    select order_date as day, map(list(category), list(revenue_share)) as shares from category_performance group by order_date
)

select
    d.day as order_date, d.orders, d.customers, d.revenue,
    ratio(d.revenue * 100, 100 * d.revenue_orders) as average_order_value,
    ratio((d.revenue - day_before.revenue) * 100, day_before.revenue * 100) as revenue_growth_to_day_before,
    ratio((d.revenue - week_before.revenue) * 100, week_before.revenue * 100) as revenue_growth_to_week_before,
    ratio((d.revenue - month_before.revenue) * 100, month_before.revenue * 100) as revenue_growth_to_month_before,
    categories.shares as category_revenue_shares,
    ratio(d.delivered, d.orders) as delivered_share,
    ratio(d.cancelled, d.orders) as cancelled_share,
    ratio(d.returned, d.orders) as returned_share,
    ratio(d.discounts * 100, (d.revenue + d.discounts) * 100) as discount_rate,
    ratio(d.delivery_days, d.dated_deliveries) as average_days_to_delivery
from days as d
left join categories using (day)
left join days as day_before on day_before.day = d.day - 1
left join days as week_before on week_before.day = d.day - 7
left join days as month_before on month_before.day = cast(d.day - interval 1 month as date);

create or replace temp table customer_analytics as
with bought as (
    select
        c.customer_id, c.customer_segment, c.registration_date,
        count(s.order_id) as order_count,
        count(s.order_id) filter (where s.is_sale) as purchase_count,
        coalesce(sum(s.total_amount) filter (where s.is_sale), 0) as lifetime_value,
        min(s.day) filter (where s.is_sale) as first_purchase_date,
        max(s.day) filter (where s.is_sale) as last_purchase_date
    from customers as c
    left join sales as s using (customer_id)
    group by all
),

buyers as (select * from bought where purchase_count > 0),

scored as (
    select
        b.*,
        if(b.purchase_count > 0, 5 - 5 * (select count(*) from buyers as o where o.last_purchase_date > b.last_purchase_date)
        // (select count(*) from buyers), null) as recency_score,
        if(b.purchase_count > 0, 1 + 5 * (select count(*) from buyers as o where o.purchase_count < b.purchase_count)
        // (select count(*) from buyers), null) as frequency_score,
        if(b.purchase_count > 0, 1 + 5 * (select count(*) from buyers as o where o.lifetime_value < b.lifetime_value)
        // (select count(*) from buyers), null) as monetary_score
    from bought as b
)

select
    *,
    greatest(purchase_count - 1, 0) as repeat_purchases,
    case
        when purchase_count = 0 then 'no_purchase'
        when least(recency_score, frequency_score, monetary_score) >= 4 then 'champion'
        when frequency_score >= 4 and recency_score >= 3 then 'loyal'
        when frequency_score >= 4 then 'at_risk'
        when purchase_count = 1 and recency_score >= 4 then 'new'
        when recency_score <= 2 then 'dormant'
        else 'occasional'
    end as behaviour_segment,
    ratio(lifetime_value * 100, 100 * purchase_count) as average_order_value,
    last_purchase_date - first_purchase_date as lifespan_days,
    ratio(30 * (purchase_count - 1), last_purchase_date - first_purchase_date) as purchase_frequency
from scored;

create or replace temp table customer_retention as
with active as (
    select customer_id, date_trunc('month', order_date)::date as month, sum(total_amount) as revenue
    from sales where is_sale group by all
),

months as (
    select unnest(generate_series((select min(month) from active), (select max(month) from active), interval 1 month))::date as month
),

members as (
    select 'registration' as cohort_type, date_trunc('month', registration_date)::date as cohort_month, customer_id
    from customers where registration_date is not null
    union all
    select 'first_order', min(month), customer_id from active group by customer_id
)

select
    m.cohort_type, m.cohort_month, months.month as activity_month,
    count(*) as customers,
    count(a.customer_id) as active_customers,
    ratio(count(a.customer_id), count(*)) as retention_rate,
    date_diff('month', m.cohort_month, months.month) as months_since,
    coalesce(sum(a.revenue), 0) as revenue
from members as m
inner join months on months.month >= m.cohort_month
left join active as a on a.customer_id = m.customer_id and a.month = months.month
group by all;
