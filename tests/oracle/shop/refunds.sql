-- The rules across the columns of a refund. Each has the name of its reason. Null passes.
select
    _record_id,
    requested_at <= _at as "requested_at not after _at",
    succeeded_at <= _at as "succeeded_at not after _at"
from refunds_typed
