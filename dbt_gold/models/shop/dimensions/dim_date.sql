with

years as (
    select new_year.first_day
    from unnest(sequence(date '1900-01-01', date '2099-01-01', interval '1' year)) as new_year (first_day)
),

days as (
    select calendar.full_date
    from years
    cross join
        unnest(
            sequence(years.first_day, years.first_day + interval '1' year - interval '1' day, interval '1' day)
        ) as calendar (full_date)
),

final as (
    select
        {{ date_key('full_date') }} as date_key,
        full_date,
        cast(year(full_date) as integer) as year, -- noqa: RF04
        cast(quarter(full_date) as integer) as quarter,
        cast(month(full_date) as integer) as month, -- noqa: RF04
        date_format(full_date, '%M') as month_name,
        cast(year_of_week(full_date) as integer) as year_of_week,
        cast(week(full_date) as integer) as week,
        cast(day(full_date) as integer) as day_of_month,
        cast(day_of_week(full_date) as integer) as day_of_week,
        date_format(full_date, '%W') as day_name,
        day_of_week(full_date) in (6, 7) as is_weekend
    from days
    union all
    {{ unknown_member() }}
)

select * from final
