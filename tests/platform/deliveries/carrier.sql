-- Gold of the carrier from its files alone. {folder} holds the files of the manifests as <table>-<day>-<name>.
create or replace temp macro day_of(filename) as cast(regexp_extract(filename, '-(\d{{4}}-\d\d-\d\d)-', 1) as date);

create or replace temp table sent_parcels as
-- A line may be ragged, and a parcel may stand in two files of a day.
select distinct parcel_id, sender, posted_at, postage, state, day_of(filename) as day
from read_csv(
    '{folder}/parcels-*.csv', auto_detect = false, header = true, filename = true, ignore_errors = true,
    columns = {{
        parcel_id: 'VARCHAR', sender: 'VARCHAR', posted_at: 'VARCHAR', postage: 'VARCHAR', state: 'VARCHAR'
    }}
);

create or replace temp table parcels as
select
    parcel_id,
    sender,
    cast(replace(posted_at, 'Z', '') as timestamp) as posted_at,
    cast(postage as decimal(10, 2)) as postage,
    state,
    cast(min(day) over (partition by parcel_id) as timestamp) as created_at,
    day as source_partition_date
from sent_parcels
qualify row_number() over (partition by parcel_id order by day desc) = 1;

create or replace temp table scans as
with sent as (
    select *, day_of(filename) as day
    from read_csv(
        '{folder}/scans-*.csv', auto_detect = false, header = true, filename = true,
        columns = {{parcel_id: 'VARCHAR', place: 'VARCHAR', scanned_at: 'VARCHAR'}}
    )
)

select
    parcel_id,
    place,
    cast(replace(scanned_at, 'Z', '') as timestamp) as scanned_at,
    cast(min(day) over (partition by parcel_id, place) as timestamp) as created_at,
    day as source_partition_date
from sent
qualify row_number() over (partition by parcel_id, place order by day desc, scanned_at desc) = 1;

create or replace temp table senders as
select sender, count(*) as parcels, cast(sum(postage) as decimal(38, 2)) as postage from parcels group by sender;

create or replace temp table postage_by_day as
select cast(posted_at as date) as posted_on, cast(sum(postage) as decimal(38, 2)) as postage from parcels group by 1;
