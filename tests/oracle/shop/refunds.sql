-- The rules across the columns of a refund. Each has the name of its reason. Null passes.
select
    _record_id,
    requested_at <= _at + interval 1 minute as "requested_at not after _at + 1 min",
    succeeded_at <= _at + interval 1 minute as "succeeded_at not after _at + 1 min"
from refunds_typed
