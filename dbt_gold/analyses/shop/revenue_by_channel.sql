with

final as (
    select
        store.store_name as channel,
        count(distinct sale.order_id) as orders,
        sum(sale.line_revenue) as revenue
    from {{ ref('fact_sales') }} as sale
    inner join {{ ref('dim_store') }} as store on sale.store_key = store.store_key
    inner join {{ ref('dim_status') }} as status on sale.status_key = status.status_key
    where {{ counts_as_sale('status.status') }}
    group by store.store_name
)

select * from final
order by revenue desc, channel asc
