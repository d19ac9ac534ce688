{% set lines = source('ecommerce', 'order_lines') %}
{% set quarantine = source('quality', 'quarantine') %}
{% set scope = look_up_orders_scope(lines, quarantine, ref('order_items')) %}
{% set header = ['customer_id', 'order_date', 'payment_method', 'shipping_method', 'order_status'] | join(', ') %}

with

orders_to_recompute as (
    {{ orders_to_recompute(lines, quarantine) }}
),

held as (
    select held.*
    from {{ held_rows() }} as held
    inner join orders_to_recompute on held.order_id = orders_to_recompute.order_id
    where {{ in_months('held.order_date', scope.months) }}
),

current_lines as (
    select
        item.order_id,
        cast(sum(item.total_amount) as decimal(38, 2)) as total_amount,
        min(item.created_at) as created_at,
        max(item.source_partition_date) as newest_partition_date
    from {{ ref('order_items') }} as item
    inner join orders_to_recompute on item.order_id = orders_to_recompute.order_id
    where {{ in_months('item.order_date', scope.months) }}
    group by item.order_id
),

headers_in_reach as (
    -- The lines of an order agree on its header on every day: a rule of silver's contract.
    select distinct order_id, {{ header }}, partition_date -- noqa: LT09
    from {{ lines }}
    where {{ in_run('partition_date') }} or {{ in_days('partition_date', scope.header_days) }}
    union all
    select order_id, {{ header }}, source_partition_date -- noqa: LT09
    from held
    where not {{ in_run('source_partition_date') }}
),

ranked_headers as (
    select
        headers_in_reach.*,
        row_number() over (
            partition by headers_in_reach.order_id
            order by
                -- Another day's only while the newest line's day has been replaced in silver and waits for its run.
                if(headers_in_reach.partition_date = current_lines.newest_partition_date, 0, 1),
                headers_in_reach.partition_date desc
        ) as place
    from headers_in_reach
    inner join current_lines on headers_in_reach.order_id = current_lines.order_id
),

headers as (
    select * from ranked_headers
    where place = 1
),

incomplete_orders as (
    {{ orders_named_in_quarantine('headers', quarantine, scope.months) }}
),

current_orders as (
    select
        headers.order_id,
        headers.customer_id,
        headers.order_date,
        current_lines.total_amount,
        headers.payment_method,
        headers.shipping_method,
        headers.order_status,
        current_lines.created_at,
        cast(headers.partition_date as timestamp(6)) as updated_at,
        incomplete_orders.order_id is null as is_complete,
        headers.partition_date as source_partition_date,
        greatest(
            current_lines.newest_partition_date,
            coalesce(held.last_partition_date, current_lines.newest_partition_date)
        ) as last_partition_date
    from headers
    inner join current_lines on headers.order_id = current_lines.order_id
    left join incomplete_orders on headers.order_id = incomplete_orders.order_id
    left join held on headers.order_id = held.order_id
),

final as (
    {{ changed_rows('current_orders', 'held', key='order_id', alive='current_lines', columns=[
        'order_id', 'customer_id', 'order_date', 'total_amount', 'payment_method', 'shipping_method', 'order_status',
        'created_at', 'updated_at', 'is_complete', 'source_partition_date', 'last_partition_date',
    ]) }}
)

select * from final
