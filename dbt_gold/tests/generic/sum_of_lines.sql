{# Each row's amount is the sum of the same column over the lines with the row's key. #}
{% test sum_of_lines(model, lines, key, amount) %}

with

rows_of_run as (
    select * from {{ model }}
),

line_sums as (
    select line.{{ key }}, sum(line.{{ amount }}) as {{ amount }}
    from {{ lines }} as line
    inner join rows_of_run on line.{{ key }} = rows_of_run.{{ key }}
    group by line.{{ key }}
),

final as (
    select rows_of_run.{{ key }}, rows_of_run.{{ amount }}, line_sums.{{ amount }} as sum_of_lines
    from rows_of_run
    left join line_sums on rows_of_run.{{ key }} = line_sums.{{ key }}
    where not coalesce(rows_of_run.{{ amount }} = line_sums.{{ amount }}, false)
)

select * from final

{% endtest %}
