-- The rules across the columns of a customer. Each has the name of its reason. Null passes.
select
    _record_id,
    signup_date <= cast(_at + interval 14 hours as date) as "signup_date not after date(_at + 14 h)"
from customers_typed
