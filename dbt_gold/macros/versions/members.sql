{# The row of a dimension that stands for what is not known: its key is -1, and the source system is the shop's. #}
{% macro unknown_member() -%}
    select
        {%- for column in model.columns.values() %}
        {% if loop.first %}-1{% elif column.name == 'source_system' %}'{{ source_system() }}'{% else %}cast(null as {{ column.data_type }}){% endif %} as {{ column.name }}{{ ',' if not loop.last }}
        {%- else %}
        -1 as unknown
        {%- endfor %}
{%- endmacro %}

{# A dimension whose members are listed. Their key is made from the name. #}
{% macro listed_members(dimension, names) -%}
with

members as (
    select name
    from unnest(array['{{ names | join("', '") }}']) as members (name)
),

final as (
    select
        {{ surrogate_key('name') }} as {{ dimension }}_key,
        '{{ source_system() }}' as source_system,
        name as {{ model.columns | list | last or 'name' }}
    from members
    union all
    {{ unknown_member() }}
)

select * from final
{%- endmacro %}

{# The day of a time as a number, yyyymmdd. date_format() alone rounds, the last microsecond of a day to the next day. #}
{% macro date_key(time) -%}
    cast(date_format(cast({{ time }} as date), '%Y%m%d') as integer)
{%- endmacro %}
