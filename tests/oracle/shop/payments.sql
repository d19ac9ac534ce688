-- The rules across the columns of a payment. Each has the name of its reason. Null passes.
select
    _record_id,
    paid_at <= _at as "paid_at not after _at"
from payments_typed
