{# Cancelled orders are no revenue. Days are those of the order (UTC). #}
with

final as (
    select
        calendar.full_date as order_date,
        count(distinct sale.order_id) as orders,
        sum(sale.quantity) as quantity,
        sum(sale.line_revenue) as revenue
    from {{ ref('fact_sales') }} as sale
    inner join {{ ref('dim_date') }} as calendar on sale.date_key = calendar.date_key
    inner join {{ ref('dim_status') }} as status on sale.status_key = status.status_key
    where {{ counts_as_sale('status.status') }}
    group by calendar.full_date
)

select * from final
order by order_date asc
