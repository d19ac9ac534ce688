{# Each value of the column is a key of another table, or -1, the unknown member. #}
{% test exists_in(model, column_name, to) %}

with

rows_of_run as (
    select * from {{ model }}
),

final as (
    select rows_of_run.*
    from rows_of_run
    left join {{ to }} as other on rows_of_run.{{ column_name }} = other.{{ column_name }}
    where rows_of_run.{{ column_name }} <> -1 and other.{{ column_name }} is null
)

select * from final

{% endtest %}
