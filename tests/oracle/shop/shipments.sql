-- The rules across the columns of a parcel. Each has the name of its reason. Null passes.
select
    _record_id,
    shipped_at <= _at as "shipped_at not after _at",
    delivered_at <= _at as "delivered_at not after _at",
    returned_at <= _at as "returned_at not after _at"
from shipments_typed
