select
    cast(posted_at as date) as posted_on,
    cast(sum(postage) as decimal(38, 2)) as postage
from {{ ref('parcels').render() }}
group by cast(posted_at as date)
