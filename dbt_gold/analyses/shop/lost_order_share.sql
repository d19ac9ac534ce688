{# Lost is what was cancelled, or refunded in full. #}
with

final as (
    select
        cast(date_trunc('month', order_ts) as date) as order_month,
        count(*) as orders,
        count_if(is_lost) as lost_orders,
        {{ safe_divide('count_if(is_lost)', 'count(*)') }} as lost_order_share
    from {{ ref('fact_orders') }}
    group by date_trunc('month', order_ts)
)

select * from final
order by order_month asc
