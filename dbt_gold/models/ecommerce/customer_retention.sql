with

-- render() leaves out the filter of `dbt run --empty`, with which the table would lose its rows.
purchases as (
    select
        customer_id,
        cast(date_trunc('month', order_date) as date) as activity_month,
        total_amount
    from {{ ref('orders').render() }}
    where {{ counts_as_revenue('order_status') }}
),

customers as (
    select
        customer_id,
        registration_date
    from {{ ref('customers').render() }}
),

activity as (
    select
        customer_id,
        activity_month,
        cast(sum(total_amount) as decimal(38, 2)) as revenue
    from purchases
    group by customer_id, activity_month
),

members as (
    select
        'registration' as cohort_type,
        cast(date_trunc('month', registration_date) as date) as cohort_month,
        customer_id
    from customers
    where registration_date is not null
    union all
    select
        'first_order' as cohort_type,
        min(activity_month) as cohort_month,
        customer_id
    from activity
    group by customer_id
),

cohorts as (
    select
        cohort_type,
        cohort_month,
        count(*) as customers
    from members
    group by cohort_type, cohort_month
),

-- A month in which nobody of a cohort bought is a row too. So the months come from a calendar, not from the purchases.
months as (
    select calendar.activity_month
    from (
        select sequence(min(activity_month), max(activity_month), interval '1' month) as all_months
        from activity
    ) as calendars
    cross join unnest(calendars.all_months) as calendar (activity_month)
),

active as (
    select
        members.cohort_type,
        members.cohort_month,
        activity.activity_month,
        count(*) as active_customers,
        cast(sum(activity.revenue) as decimal(38, 2)) as revenue
    from members
    inner join activity on members.customer_id = activity.customer_id
    group by members.cohort_type, members.cohort_month, activity.activity_month
),

final as (
    select
        cohorts.cohort_type,
        cohorts.cohort_month,
        months.activity_month,
        date_diff('month', cohorts.cohort_month, months.activity_month) as months_since,
        cohorts.customers,
        coalesce(active.active_customers, 0) as active_customers,
        {{ safe_divide('coalesce(active.active_customers, 0)', 'cohorts.customers') }} as retention_rate,
        coalesce(active.revenue, 0) as revenue
    from cohorts
    inner join months on cohorts.cohort_month <= months.activity_month
    left join active
        on
            cohorts.cohort_type = active.cohort_type
            and cohorts.cohort_month = active.cohort_month
            and months.activity_month = active.activity_month
)

select * from final
