{#
  Each key of the run's rows occurs once in the whole table. In a table that every run replaces (`whole`), all keys are looked at,
  and none may be null: such a table cannot have NOT NULL columns.
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
