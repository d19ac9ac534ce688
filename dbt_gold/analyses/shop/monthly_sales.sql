{# Months without an order have no row, and the growth of the month after is empty. #}
with

by_month as (
    select
        cast(date_trunc('month', order_ts) as date) as order_month,
        count(*) as orders,
        cast(sum(amount) as decimal(38, 2)) as sales
    from {{ ref('fact_orders') }}
    where {{ counts_as_sale('status') }}
    group by date_trunc('month', order_ts)
),

final as (
    select
        order_month,
        orders,
        sales,
        {{ growth('sales', 'order_month', "interval '1' month") }} as sales_growth,
        {{ safe_divide('sales', 'orders') }} as average_order_value
    from by_month
)

select * from final
order by order_month asc
