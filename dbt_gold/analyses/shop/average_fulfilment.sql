{# Hours from the order to the arrival of its last parcel, by month of the order. #}
with

final as (
    select
        cast(date_trunc('month', order_ts) as date) as order_month,
        count(hours_to_fulfil) as delivered_orders,
        {{ safe_divide('sum(hours_to_fulfil)', 'count(hours_to_fulfil)') }} as average_hours_to_fulfil
    from {{ ref('fact_orders') }}
    group by date_trunc('month', order_ts)
)

select * from final
order by order_month asc
