-- The rules across the columns of a payment. Each has the name of its reason. Null passes.
select
    _record_id,
    paid_at <= _at + interval 1 minute as "paid_at not after _at + 1 min"
from payments_typed
