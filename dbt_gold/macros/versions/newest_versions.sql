{#
  The versions of a table with their `place` (1 is the newest of its key), without those from before the table was last emptied.
  A wide text that an update did not send is that of the version before. `where` narrows the versions, to whole keys.
#}
{% macro ranked_versions(versions, table, key, columns, wide, where='true') -%}
    select
        {{ key | join(', ') }},
        {%- for column in columns %}
        {%- if column in wide %}
        {{ as_last_sent(column, key) }} as {{ column }},
        {%- else %}
        {{ column }},
        {%- endif %}
        {%- endfor %}
        operation,
        position,
        row_number() over (partition by {{ key | join(', ') }} order by position desc) as place
    from {{ versions }}
    where {{ where }} and position > {{ last_truncation(table) }}
{%- endmacro %}

{# The position at which a table was last emptied; '' sorts before every position. #}
{% macro last_truncation(table) -%}
    coalesce((select max(position) from {{ ref('int_truncations').render() }} where table_name = '{{ table }}'), '')
{%- endmacro %}

{# The value of a wide column, or that of the newest version before that sent it. #}
{% macro as_last_sent(column, key) -%}
    {%- set is_unchanged = "coalesce(contains(split(unchanged, ','), '" ~ column ~ "'), false)" -%}
    (
            last_value(if({{ is_unchanged }}, null, row({{ column }}))) ignore nulls over (
                partition by {{ key | join(', ') }} order by position asc
                rows between unbounded preceding and current row
            )
        )[1]
{%- endmacro %}

{# The columns of a table that an update may leave out: texts that are not part of the key. #}
{% macro wide_columns(columns, key) %}
    {% set wide = [] %}
    {% for column in columns.values() if column.data_type == 'varchar' and column.name not in key + ['position', 'operation', 'unchanged'] %}
        {% do wide.append(column.name) %}
    {% endfor %}
    {{ return(wide) }}
{% endmacro %}

{# The rows of a table as they are now: the newest version of each key that is not deleted. #}
{% macro current_rows(versions, table) -%}
{%- set key = model.config.meta.key if execute else [] -%}
{%- set columns = model.columns | list -%}
with

ranked as (
    {{ ranked_versions(
        versions.render(), table, key or ['1'], columns | reject('in', key) | list, wide_columns(model.columns, key)
    ) }}
),

final as (
    select {{ columns | join(', ') or '*' }}
    from ranked
    where place = 1 and operation <> 'd'
)

select * from final
{%- endmacro %}
