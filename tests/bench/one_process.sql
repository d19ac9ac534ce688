-- One day's files, read by DuckDB's own readers, for the oracle to judge. {folder} holds the files, {day} is the partition
-- date, {columns} are the source's columns with their types.
create or replace table order_lines_received as
with read as (
    select * from read_csv(
        '{folder}/*.csv', all_varchar = true, header = true, ignore_errors = true, quote = '"', escape = '"', null_padding = false,
        filename = '_file'
    )
    union all by name
    select * from read_json(
        '{folder}/*.jsonl', format = 'newline_delimited', ignore_errors = true, filename = '_file', columns = {{{columns}}}
    )
)

select *, date '{day}' as _day, 0 as _position, false as _is_malformed, cast(null as varchar) as _record
from read;
