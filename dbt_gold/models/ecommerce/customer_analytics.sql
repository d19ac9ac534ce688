with

-- render() leaves out the filter of `dbt run --empty`, with which the table would lose its rows.
orders as (
    select
        customer_id,
        cast(order_date as date) as order_date,
        total_amount,
        {{ counts_as_revenue('order_status') }} as is_purchase
    from {{ ref('orders').render() }}
),

customers as (
    select
        customer_id,
        customer_segment,
        registration_date
    from {{ ref('customers').render() }}
),

by_customer as (
    select
        customer_id,
        count(*) as order_count,
        count_if(is_purchase) as purchase_count,
        cast(coalesce(sum(total_amount) filter (where is_purchase), 0) as decimal(38, 2)) as lifetime_value,
        min(order_date) filter (where is_purchase) as first_purchase_date,
        max(order_date) filter (where is_purchase) as last_purchase_date
    from orders
    group by customer_id
),

-- Only customers with a purchase have scores.
scored as (
    select
        customer_id,
        -- Counted from the newest day: if all bought on one day, all are recent.
        6 - ({{ score('last_purchase_date desc') }}) as recency_score,
        {{ score('purchase_count') }} as frequency_score,
        {{ score('lifetime_value') }} as monetary_score
    from by_customer
    where purchase_count > 0
),

measured as (
    select
        customers.customer_id,
        customers.customer_segment,
        customers.registration_date,
        by_customer.first_purchase_date,
        by_customer.last_purchase_date,
        coalesce(by_customer.order_count, 0) as order_count,
        coalesce(by_customer.purchase_count, 0) as purchase_count,
        coalesce(by_customer.lifetime_value, 0) as lifetime_value,
        greatest(coalesce(by_customer.purchase_count, 0) - 1, 0) as repeat_purchases,
        date_diff('day', by_customer.first_purchase_date, by_customer.last_purchase_date) as lifespan_days
    from customers
    left join by_customer on customers.customer_id = by_customer.customer_id
),

final as (
    select
        measured.customer_id,
        measured.customer_segment,
        measured.registration_date,
        measured.order_count,
        measured.purchase_count,
        measured.repeat_purchases,
        measured.lifetime_value,
        {{ safe_divide('measured.lifetime_value', 'measured.purchase_count') }} as average_order_value,
        measured.first_purchase_date,
        measured.last_purchase_date,
        measured.lifespan_days,
        {{ safe_divide('measured.repeat_purchases * 30', 'measured.lifespan_days') }} as purchase_frequency,
        scored.recency_score,
        scored.frequency_score,
        scored.monetary_score,
        case
            when scored.customer_id is null then 'no_purchase'
            when scored.recency_score >= 4 and scored.frequency_score >= 4 and scored.monetary_score >= 4 then 'champion'
            when scored.frequency_score >= 4 then if(scored.recency_score >= 3, 'loyal', 'at_risk')
            when measured.repeat_purchases = 0 and scored.recency_score >= 4 then 'new'
            when scored.recency_score <= 2 then 'dormant'
            else 'occasional'
        end as behaviour_segment
    from measured
    left join scored on measured.customer_id = scored.customer_id
)

select * from final
