-- Parses a received text to a value, or to null where it holds none, as the design says. In DuckDB.
create or replace macro trimmed(received) as nullif(trim(received, e' \t\r\n'), '');

create or replace macro lower_of(said) as lower(said);

create or replace macro snake_of(said) as replace(replace(lower(said), ' ', '_'), '-', '_');

-- Whether nothing is rounded or cut off: the text has at most so many digits before and behind the point.
create or replace macro is_decimal(said, whole, fraction) as (
    regexp_full_match(said, '[+-]?[0-9]+(\.[0-9]+)?')
    and length(ltrim(regexp_extract(said, '^[+-]?([0-9]+)', 1), '0')) <= whole
    and length(regexp_extract(said, '\.([0-9]+)$', 1)) <= fraction
);

create or replace macro is_integer(said) as regexp_full_match(said, '[+-]?[0-9]+');

-- DuckDB reads the year 0 as 1 BC.
create or replace macro date_of(said) as
case when regexp_full_match(said, '[0-9]{4}-[0-9]{2}-[0-9]{2}') and said[:4] <> '0000' then try_cast(said as date) end;

create or replace macro timestamp_parts(said) as regexp_extract(
    said,
    '^([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|([+-])([0-9]{2}):?([0-9]{2}))?$',
    ['day', 'clock', 'seconds', 'fraction', 'zone', 'sign', 'zone_hours', 'zone_minutes']
);

-- DuckDB reads 24:00 as the next day. No zone is further than 18 hours from UTC.
create or replace macro instant_of(parts) as
case
    when date_of(parts.day) is not null and parts.clock < '24' and parts.zone_hours || parts.zone_minutes <= '1800'
        and parts.zone_minutes < '60' then
        try_cast(parts.day || ' ' || parts.clock || if(parts.seconds = '', ':00', parts.seconds) as timestamp)
        - to_minutes(
            if(parts.sign = '-', -1, 1)
            * (60 * coalesce(try_cast(parts.zone_hours as integer), 0) + coalesce(try_cast(parts.zone_minutes as integer), 0))
        )
end;

-- UTC; a text without an offset is UTC already.
create or replace macro timestamp_of(said) as instant_of(timestamp_parts(said));

-- How a reason shows the text that it refuses.
create or replace macro shown(said) as left(said, 80);

create or replace macro in_quotes(said) as '''' || left(said, 80) || '''';
