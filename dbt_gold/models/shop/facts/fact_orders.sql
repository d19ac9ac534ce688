{% set scope = look_up_months_of_orders(and_refused=true) %}
{% set months = scope.months %}
{% set values = columns_beside(['order_id']) %}
{% set of_order = [
    'customer_id', 'order_ts', 'status', 'amount', 'channel', 'address_id', 'payment_method', 'discount', 'shipping', 'tax', 'currency',
    'updated_at', 'changed_at', 'source_partition_date',
] %}
{% do merge_only_in_months('order_ts', months) %}

with

orders_of_run as (
    {{ orders_of_run() }}
),

versions as (
    {{ versions_of_orders('order', months, of_order) }}
),

orders as (
    select * from versions where place = 1 and operation <> 'd'
),

-- When the order came into each status, as far as its versions say.
statuses as (
    select
        order_id,
        min(happened_at) filter (where status = 'paid') as paid_at,
        min(happened_at) filter (where status = 'shipped') as shipped_at,
        min(happened_at) filter (where status = 'delivered') as delivered_at,
        min(happened_at) filter (where status = 'cancelled') as cancelled_at
    from (
        select
            *,
            -- A row of a snapshot was changed before it was read.
            if(operation = 'r', coalesce(updated_at, changed_at), changed_at) as happened_at
        from versions
    )
    where operation <> 'd'
    group by order_id
),

items as (
    select
        order_id,
        count(*) as line_count,
        cast(sum(quantity * unit_price) as decimal(38, 2)) as items_amount,
        max(source_partition_date) as source_partition_date
    from ({{ versions_of_orders('order_item', months, ['quantity', 'unit_price', 'source_partition_date']) }})
    where place = 1 and operation <> 'd'
    group by order_id
),

payments as (
    select
        order_id,
        min(paid_at) filter (where status = 'captured') as paid_at
    from ({{ versions_of_orders('payment', months, ['order_id', 'status', 'paid_at']) }})
    where place = 1 and operation <> 'd'
    group by order_id
),

refunds as (
    select
        order_id,
        cast(coalesce(sum(amount) filter (where status = 'succeeded'), 0) as decimal(38, 2)) as refunded_amount
    from ({{ versions_of_orders('refund', months, ['order_id', 'status', 'amount']) }})
    where place = 1 and operation <> 'd'
    group by order_id
),

-- An order is delivered when its last parcel is.
parcels as (
    select
        order_id,
        min(shipped_at) as shipped_at,
        if(count(*) = count(delivered_at), max(delivered_at)) as delivered_at
    from ({{ versions_of_orders('shipment', months, ['order_id', 'shipped_at', 'delivered_at']) }})
    where place = 1 and operation <> 'd'
    group by order_id
),

{{ refused_of_orders(months, scope.refused) }},

timed as (
    select
        orders.*,
        coalesce(items.line_count, 0) as line_count,
        coalesce(items.items_amount, 0) as items_amount,
        coalesce(refunds.refunded_amount, 0) as refunded_amount,
        refused.refused_partition_date,
        coalesce(payments.paid_at, statuses.paid_at) as paid_at,
        coalesce(parcels.shipped_at, statuses.shipped_at) as shipped_at,
        if(orders.status = 'delivered', coalesce(parcels.delivered_at, statuses.delivered_at)) as delivered_at,
        if(orders.status = 'cancelled', statuses.cancelled_at) as cancelled_at
    from orders
    inner join statuses on orders.order_id = statuses.order_id
    left join items on orders.order_id = items.order_id
    left join payments on orders.order_id = payments.order_id
    left join refunds on orders.order_id = refunds.order_id
    left join parcels on orders.order_id = parcels.order_id
    left join refused on orders.order_id = refused.order_id
),

keyed as (
    select
        timed.order_id,
        '{{ source_system() }}' as source_system,
        {{ date_key('timed.order_ts') }} as date_key,
        coalesce(customer.customer_key, -1) as customer_key,
        coalesce(address.address_key, -1) as address_key,
        coalesce(store.store_key, -1) as store_key,
        coalesce(payment.payment_key, -1) as payment_key,
        coalesce(status.status_key, -1) as status_key,
        timed.customer_id,
        timed.address_id,
        timed.order_ts,
        timed.status,
        timed.amount,
        timed.items_amount,
        timed.discount,
        timed.shipping,
        timed.tax,
        timed.currency,
        timed.refunded_amount,
        timed.line_count,
        timed.order_ts as placed_at,
        timed.paid_at,
        timed.shipped_at,
        timed.delivered_at,
        timed.cancelled_at,
        -- Trino cuts both times to milliseconds; with a larger unit that may be one too many.
        {{ safe_divide("date_diff('millisecond', timed.order_ts, timed.delivered_at)", '3600000') }} as hours_to_fulfil,
        timed.status = 'cancelled' or (timed.amount > 0 and timed.refunded_amount >= timed.amount) as is_lost,
        timed.refused_partition_date,
        timed.source_partition_date
    from timed
    left join {{ ref('int_customer_history') }} as customer
        on timed.customer_id = customer.customer_id and {{ is_valid_at('customer', 'timed.order_ts') }}
    left join {{ ref('dim_address') }} as address on timed.address_id = address.address_id
    left join {{ ref('dim_store') }} as store on timed.channel = store.store_name
    left join {{ ref('dim_payment') }} as payment on timed.payment_method = payment.payment_method
    left join {{ ref('dim_status') }} as status on timed.status = status.status
),

computed as (
    select
        *,
        refused_partition_date is null as is_complete,
        least(date_key, customer_key, address_key, store_key, payment_key, status_key) = -1 as is_waiting
    from keyed
),

final as (
    {{ changes_of('computed', held_of_orders(months), ['order_id'], values) }}
)

select * from final
