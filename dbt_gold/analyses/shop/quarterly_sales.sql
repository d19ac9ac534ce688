with

final as (
    select
        calendar.year,
        calendar.quarter,
        count(*) as orders,
        count(distinct fact.customer_id) as customers,
        cast(sum(fact.amount) as decimal(38, 2)) as sales
    from {{ ref('fact_orders') }} as fact
    inner join {{ ref('dim_date') }} as calendar on fact.date_key = calendar.date_key
    where {{ counts_as_sale('fact.status') }}
    group by calendar.year, calendar.quarter
)

select * from final
order by year asc, quarter asc
