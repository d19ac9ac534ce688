-- The rules across the columns of a parcel. Each has the name of its reason. Null passes.
select
    _record_id,
    shipped_at <= _at + interval 1 minute as "shipped_at not after _at + 1 min",
    delivered_at <= _at + interval 1 minute as "delivered_at not after _at + 1 min",
    returned_at <= _at + interval 1 minute as "returned_at not after _at + 1 min"
from shipments_typed
