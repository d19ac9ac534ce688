-- The rules across the columns of an order. Each has the name of its reason. Null passes.
select
    _record_id,
    order_ts <= _at as "order_ts not after _at",
    amount >= shipping + tax as "amount at least shipping + tax"
from orders_typed
