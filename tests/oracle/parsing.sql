-- Parses a received text to a value, or to null where it holds none, as the design says. In DuckDB.
-- Blanks of every script and characters that no one sees are no text; what looks alike is one text.
create or replace macro blanks() as
'[\p{Z}\x{09}-\x{0d}\x{85}\x{ad}\x{61c}\x{180e}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2064}\x{2066}-\x{206f}\x{feff}]+';

-- DuckDB's function stops at a NUL, so what is between NULs is composed.
create or replace macro composed(said) as
array_to_string(list_transform(string_split(said, chr(0)), lambda part: nfc_normalize(part)), chr(0));

create or replace macro clean(received) as nullif(
    composed(regexp_replace(regexp_replace(received, '^' || blanks(), ''), blanks() || '$', '')), ''
);

create or replace macro is_placeholder(said) as lower(said) in ('nan', 'null', 'none', '\n', 'n/a');

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

-- The basic notation of ISO 8601, without hyphens and colons, in the extended one.
create or replace macro extended(said) as
case
    when regexp_full_match(said, '[0-9]{8}[Tt][0-9]{4}([0-9]{2}([.,][0-9]+)?)?( ?[Zz+-].*)?') then
        said[1:4] || '-' || said[5:6] || '-' || said[7:8] || 'T' || said[10:11] || ':' || said[12:13]
        || if(said[14:14] between '0' and '9', ':', '') || said[14:]
    else said
end;

create or replace macro timestamp_parts(said) as regexp_extract(
    said,
    '^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2})(:[0-9]{2})?([.,]([0-9]{1,6})0*)?'
    || '( ?([Zz]|([+-])([0-9]{2})(:?([0-9]{2})|:([0-9]{2}):([0-9]{2}))?))?$',
    [
        'day', 'clock', 'seconds', 'point', 'fraction', 'zone_and_blank', 'zone', 'sign', 'zone_hours', 'behind_hours',
        'zone_minutes', 'minutes_before_seconds', 'zone_seconds'
    ]
);

create or replace macro offset_of(parts) as
if(parts.sign = '-', -1, 1) * (
    3600 * coalesce(try_cast(parts.zone_hours as integer), 0)
    + 60 * coalesce(try_cast(parts.zone_minutes || parts.minutes_before_seconds as integer), 0)
    + coalesce(try_cast(parts.zone_seconds as integer), 0)
);

-- DuckDB reads 24:00 as the next day. No zone is further than 18 hours from UTC. A minute has no fraction.
create or replace macro instant_of(parts) as
case
    when date_of(parts.day) is not null and parts.clock < '24' and abs(offset_of(parts)) <= 18 * 3600
        and parts.zone_minutes || parts.minutes_before_seconds < '60' and parts.zone_seconds < '60'
        and (parts.seconds <> '' or parts.point = '') then
        try_cast(
            parts.day || ' ' || parts.clock || if(parts.seconds = '', ':00', parts.seconds)
            || if(parts.fraction = '', '', '.' || parts.fraction) as timestamp
        )
        - to_seconds(offset_of(parts))
end;

-- UTC; a text without an offset is UTC already.
create or replace macro timestamp_of(said) as instant_of(timestamp_parts(extended(said)));

-- How a reason shows the text that it refuses.
create or replace macro shown(said) as left(said, 80);

create or replace macro in_quotes(said) as '''' || left(said, 80) || '''';
