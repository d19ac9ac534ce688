{% set lines = source('ecommerce', 'order_lines') %}
{% set refused_lines = ref('int_refused_lines') %}
{% set scope = look_up_orders_scope(lines, refused_lines, ref('order_items')) %}
{% set header = ['customer_id', 'order_date', 'payment_method', 'shipping_method', 'order_status'] %}
{% set values = header + [
    'total_amount', 'delivered_date', 'created_at', 'updated_at', 'is_complete', 'refused_partition_date', 'last_partition_date',
] %}
{% set compared = values + ['source_partition_date'] %}
{% do merge_only_in_months('order_date', scope.months) %}

with

orders_to_recompute as (
    {{ orders_to_recompute(lines, refused_lines) }}
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
        max(item.source_partition_date) as partition_date,
        map_agg(item.product_id, item.source_partition_date) as partition_dates
    from {{ ref('order_items') }} as item
    inner join orders_to_recompute on item.order_id = orders_to_recompute.order_id
    where {{ in_months('item.order_date', scope.months) }}
    group by item.order_id
),

-- On one day, all lines of an order have the same header (silver's contract says so). So any line will do.
headers as (
    select
        *,
        row_number() over (partition by order_id, partition_date order by product_id asc) as place
    from {{ lines }}
    where {{ in_run('partition_date') }} or {{ in_days('partition_date', scope.header_days) }}
),

deliveries as (
    select
        order_id,
        cast(created_at as date) as first_delivered
    from {{ ref('int_order_deliveries') }}
    where {{ in_deliveries_of('created_at', scope.months) }}
),

refused as (
    select
        refused.order_id,
        map_agg(refused.product_id, refused.source_partition_date) as partition_dates
    from {{ refused_lines }} as refused
    inner join orders_to_recompute on refused.order_id = orders_to_recompute.order_id
    group by refused.order_id
),

-- An order has the header of the day of its newest line. Silver may show none for that day: the day is outside of the run, or was
-- replaced in silver and waits for its own run. Then the table's header stays.
current_orders as (
    {% set is_read = 'headers.order_id is not null' %}
    select
        coalesce(current_lines.order_id, held.order_id) as order_id,
        {%- for column in header %}
        if({{ is_read }}, headers.{{ column }}, held.{{ column }}) as {{ column }},
        {%- endfor %}
        coalesce(current_lines.total_amount, held.total_amount) as total_amount,
        coalesce(current_lines.created_at, held.created_at) as created_at,
        if({{ is_read }}, headers.partition_date, held.source_partition_date) as source_partition_date,
        greatest(
            coalesce(current_lines.partition_date, held.last_partition_date),
            coalesce(held.last_partition_date, current_lines.partition_date)
        ) as last_partition_date,
        deliveries.first_delivered,
        current_lines.partition_dates,
        refused.partition_dates as refused_partition_dates,
        {%- for column in compared %}
        held.{{ column }} as held_{{ column }},
        {%- endfor %}
        current_lines.order_id is null as is_gone
    from current_lines
    full join held on current_lines.order_id = held.order_id
    left join headers
        on
            current_lines.order_id = headers.order_id
            and current_lines.partition_date = headers.partition_date
            and headers.place = 1
    left join deliveries on current_lines.order_id = deliveries.order_id
    left join refused on current_lines.order_id = refused.order_id
    where held.order_id is not null or headers.order_id is not null
),

completed as (
    select
        *,
        cast(source_partition_date as timestamp(6)) as updated_at,
        -- An order from before the feed's first day may have been delivered long before the feed could say so.
        if(cast(order_date as date) between date '{{ start_date() }}' and first_delivered, first_delivered) as delivered_date,
        array_max(map_values(map_filter(
            refused_partition_dates,
            -- Without the lines that came without a fault on that day or later.
            (product_id, refused_on) -> not coalesce(element_at(partition_dates, product_id) >= refused_on, false)
        ))) as refused_partition_date
    from current_orders
),

judged as (
    select
        *,
        refused_partition_date is null as is_complete
    from completed
),

final as (
    select
        order_id,
        {%- for column in values %}
        {{ column }},
        {%- endfor %}
        if(is_gone, null, source_partition_date) as source_partition_date
    from judged
    -- Most of the orders come out as they are in the table. Those are not written again.
    where is_gone or {{ differ('', 'held_', compared) }}
)

select * from final
