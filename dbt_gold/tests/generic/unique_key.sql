{#
  Each key of the run's rows is there once in the whole table. In a table that is made anew as a whole it is each key, and none
  may be null, which such a table cannot refuse by itself.
#}
{% test unique_key(model, columns, whole=false) %}

with

stored as (
    select * from {{ model }}
),
{%- if not whole %}

keys as (
    select distinct {{ columns | join(', ') }}
    from stored
    where {{ rows_of_run() }}
),
{%- endif %}

final as (
    select {{ columns_of('stored', columns) }}, count(*) as row_count
    from stored
    {%- if not whole %}
    inner join keys on {{ equal('stored', 'keys', columns) }}
    {%- endif %}
    group by {{ columns_of('stored', columns) }}
    having count(*) > 1 {{ 'or stored.' ~ columns | join(' is null or stored.') ~ ' is null' if whole }}
)

select * from final

{% endtest %}
