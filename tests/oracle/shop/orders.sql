-- The rules across the columns of an order. Each has the name of its reason. Null passes.
select
    _record_id,
    order_ts <= _at + interval 1 minute as "order_ts not after _at + 1 min",
    amount >= shipping + tax as "amount at least shipping + tax"
from orders_typed
