{# No line with the row's key, of any day of silver from the row's first to its last, has another value of the column. #}
{% test same_on_all_days(model, lines, key, column_name) %}

with

rows_of_run as (
    select {{ key }}, {{ column_name }}, cast(created_at as date) as first_day, last_partition_date as last_day
    from {{ model }}
),

final as (
    select
        rows_of_run.{{ key }},
        rows_of_run.{{ column_name }},
        array_agg(distinct line.{{ column_name }}) as others
    from {{ lines }} as line
    inner join rows_of_run
        on
            line.{{ key }} = rows_of_run.{{ key }}
            and line.partition_date between rows_of_run.first_day and rows_of_run.last_day
    where line.{{ column_name }} <> rows_of_run.{{ column_name }}
    group by rows_of_run.{{ key }}, rows_of_run.{{ column_name }}
)

select * from final

{% endtest %}
