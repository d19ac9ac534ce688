select
    sender,
    count(*) as parcels,
    cast(sum(postage) as decimal(38, 2)) as postage
from {{ ref('parcels').render() }}
group by sender
