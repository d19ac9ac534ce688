{# The keys that the run wrote, or all keys of a table that is made anew as a whole, are each there once. #}
{% test unique_key(model, columns, whole=false) %}

with

stored as (
    select * from {{ model }}
),

written as (
    select distinct {{ columns | join(', ') }}
    from stored
    where {{ 'true' if whole else rows_of_run() }}
),

final as (
    select {{ columns_of('written', columns) }}, count(*) as row_count
    from stored
    inner join written on {{ equal('stored', 'written', columns) }}
    group by {{ columns_of('written', columns) }}
    having count(*) > 1
)

select * from final

{% endtest %}
