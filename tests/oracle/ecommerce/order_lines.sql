-- The rules across the columns of an order line. Each has the name of its reason. Null passes.
select
    _record_id,
    total_amount = price * quantity - discount as "total_amount = price * quantity - discount",
    discount between 0 and price * quantity as "discount between 0 and price * quantity",
    -- A civil date, and an instant in UTC: elsewhere it may be the next day already.
    registration_date <= cast(order_date + interval 14 hours as date)
        as "registration_date not after date(order_date + 14 h)",
    cast(order_date as date) <= partition_date as "order_date not after partition_date",
    -- The first partition of a feed accepts any age.
    partition_date <= getvariable('first_partition')
    or cast(order_date as date) >= partition_date - getvariable('max_age_days')
        as "order_date at most max_age_days before partition_date"
from order_lines_typed
