with

-- A view made by `dbt run --empty` would stay empty: render() leaves the --empty filter out.
daily as (
    select * from {{ ref('int_order_metrics_daily').render() }}
),

final as (
    select
        order_date,
        orders,
        customers,
        revenue,
        {{ safe_divide('revenue', 'revenue_orders') }} as average_order_value,
        {{ safe_divide('cancelled_orders', 'orders') }} as cancelled_share,
        {{ safe_divide('returned_orders', 'orders') }} as returned_share
    from daily
)

select * from final
