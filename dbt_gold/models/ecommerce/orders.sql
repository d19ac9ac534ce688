{{ config(
    unique_key='order_id',
    meta={'month_of': 'order_date'},
    properties={
        'format': "'PARQUET'",
        'format_version': 2,
        'partitioning': "array['month(order_date)']",
        'sorted_by': "array['order_date']",
    },
) }}

{% set lines = source('ecommerce', 'order_lines') %}
{% set quarantine = source('quality', 'quarantine') %}
{% set scope = look_up_orders_scope(lines, quarantine, ref('order_items')) %}

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

-- The lines of an order on one day agree on its header, which is a rule of silver's contract.
headers as (
    select distinct
        order_id, partition_date, customer_id, order_date, payment_method, shipping_method, order_status
    from {{ lines }}
    where {{ in_run('partition_date') }}
        {%- for day in scope.header_days %} or partition_date = date '{{ day }}'{% endfor %}
    union all
    select
        order_id, source_partition_date, customer_id, order_date, payment_method, shipping_method, order_status
    from held
    where not {{ in_run('source_partition_date') }}
),

-- The header of the order's newest line, or, while a day of silver waits for its run, the newest one there is.
ranked_headers as (
    select
        headers.*,
        row_number() over (
            partition by headers.order_id
            order by
                if(headers.partition_date = current_lines.newest_partition_date, 0, 1),
                headers.partition_date desc
        ) as place
    from headers
    inner join current_lines on headers.order_id = current_lines.order_id
),

incomplete_orders as (
    select distinct headers.order_id
    from ranked_headers as headers
    inner join {{ quarantine }} as quarantine
        on
            headers.order_id = {{ quarantined_order_id('quarantine.record') }}
            and quarantine.partition_date >= cast(headers.order_date as date)
            and quarantine.partition_date <= {{ last_delivery_date('headers.order_date') }}
    where
        headers.place = 1
        and {{ is_order_line('quarantine') }}
        and {{ in_deliveries_of('quarantine.partition_date', scope.months) }}
),

current_orders as (
    select
        header.order_id,
        header.customer_id,
        header.order_date,
        line.total_amount,
        header.payment_method,
        header.shipping_method,
        header.order_status,
        line.created_at,
        cast(header.partition_date as timestamp(6)) as updated_at,
        incomplete.order_id is null as is_complete,
        header.partition_date as source_partition_date,
        greatest(line.newest_partition_date, coalesce(held.last_partition_date, line.newest_partition_date))
            as last_partition_date
    from ranked_headers as header
    inner join current_lines as line on header.order_id = line.order_id
    left join incomplete_orders as incomplete on header.order_id = incomplete.order_id
    left join held on header.order_id = held.order_id
    where header.place = 1
),

orders_without_lines as (
    select held.*
    from held
    left join current_lines on held.order_id = current_lines.order_id
    where current_lines.order_id is null
),

final as (
    {% set columns = [
        'order_id', 'customer_id', 'order_date', 'total_amount', 'payment_method', 'shipping_method', 'order_status',
        'created_at', 'updated_at', 'is_complete', 'source_partition_date', 'last_partition_date',
    ] %}
    (
        select {{ columns | join(', ') }} from current_orders
        -- Most of the orders to recompute come out as they are: those are not written again.
        except
        select {{ columns | join(', ') }} from held
    )
    union all
    select {{ columns | join(', ') | replace('source_partition_date', 'cast(null as date) as source_partition_date') }}
    from orders_without_lines
)

select * from final
