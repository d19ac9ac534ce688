with

years as (
    select year
    from unnest(sequence(1900, 2099)) as years (year)
),

days as (
    select day as full_date
    from years
    cross join unnest(sequence(
        date_parse(cast(year as varchar) || '-01-01', '%Y-%m-%d'), date_parse(cast(year as varchar) || '-12-31', '%Y-%m-%d'), interval '1' day
    )) as days (day)
),

final as (
    select
        {{ date_key('full_date') }} as date_key,
        cast(full_date as date) as full_date,
        cast(year(full_date) as integer) as year,
        cast(quarter(full_date) as integer) as quarter,
        cast(month(full_date) as integer) as month,
        format_datetime(full_date, 'MMMM') as month_name,
        cast(year_of_week(full_date) as integer) as year_of_week,
        cast(week(full_date) as integer) as week,
        cast(day(full_date) as integer) as day_of_month,
        cast(day_of_week(full_date) as integer) as day_of_week,
        format_datetime(full_date, 'EEEE') as day_name,
        day_of_week(full_date) in (6, 7) as is_weekend
    from days
    union all
    {{ unknown_member() }}
)

select * from final
