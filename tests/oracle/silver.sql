-- Where each record of {table}_received goes. silver.py fills in the fields from the contract.
create or replace table {table}_judged as
with judged_alone as (
    select
        typed.*,
        if(
            typed._is_malformed, ['malformed record: '],
            list_filter([{reasons}]::varchar[], lambda reason: reason is not null)
        ) as _own_reasons
    from {table}_typed as typed
    inner join {table}_rules as rules using (_record_id)
),

in_groups as (
    select
        * exclude (_own_reasons),
        list_filter([{disagreements}]::varchar[], lambda reason: reason is not null) as _disagreements
    from judged_alone
    where _own_reasons = []
),

in_keys as (
    select
        *,
        {newest_by} is not distinct from max({newest_by}) over (partition by partition_date, {key}) as _is_newest
    from in_groups
    where _disagreements = []
),

in_order as (
    select
        _record_id,
        _is_newest,
        -- A struct of the values, as a null in it counts as a value.
        count(distinct struct_pack({content})) filter (where _is_newest) over same_key > 1 as _is_conflict,
        row_number() over (same_key order by _is_newest desc, _file, _position) > 1 as _is_repeated,
        row_number() over (
            partition by partition_date, {key}, _file
            order by _is_newest desc, _position
        ) > 1 as _is_repeated_in_file
    from in_keys
    window same_key as (partition by partition_date, {key})
)

select
    judged_alone.* exclude (_own_reasons),
    case
        when _own_reasons <> [] then _own_reasons
        when _disagreements <> [] then _disagreements
        when _is_conflict then ['conflicting records for key (' || concat_ws(', ', {key_of_record}) || ')']
        else []
    end as _reasons,
    coalesce(_is_newest and _is_repeated and not _is_conflict, false) as _is_duplicate,
    _is_duplicate and _is_repeated_in_file as _is_repetition,
    coalesce(not _is_newest and not _is_conflict, false) as _is_superseded
from judged_alone
left join in_groups using (_record_id)
left join in_order using (_record_id);

create or replace view {table} as
select {columns}, partition_date
from {table}_judged
where _reasons = [] and not _is_duplicate and not _is_superseded;

create table if not exists quarantine (
    domain varchar, table_name varchar, partition_date date, record varchar, reasons varchar []
);
delete from quarantine where domain = '{domain}' and table_name = '{table}';
insert into quarantine
select '{domain}', '{table}', partition_date, coalesce(_record, cast(to_json(_received) as varchar)), _reasons
from {table}_judged
where _reasons <> [];
