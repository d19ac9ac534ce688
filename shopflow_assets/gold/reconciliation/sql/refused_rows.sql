-- Counts the records in quarantine whose key has no later good version at the time of the count.
select count(*) as refused_rows
from (
    select
        {key_of_record},
        json_extract_scalar(record, '$._pos') as position
    from silver.quality.quarantine
    where domain = '{domain}' and table_name = '{source}'
) as refused
where
    refused.position > '{emptied_at}'
    and refused.position < '{position}'
    and not exists (
        select 1 from gold.{schema}.{versions} as version
        where version.position > refused.position and version.position < '{position}' and {same_key}
    )
