{# The keys that the run wrote are each there once, in the whole table. #}
{% test unique_key(model, columns) %}

with

stored as (
    select * from {{ model }}
),

written as (
    select distinct {{ columns | join(', ') }}
    from stored
    where {{ rows_of_run() }}
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
