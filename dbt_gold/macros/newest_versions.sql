{# One row per key: its newest version among these lines, and the first partition date on which they show the key. #}
{% macro newest_versions(lines, key, attributes, rank) -%}
    select
        {{ (key + attributes) | join(', ') }}, {{ source_columns(rank) }}, first_partition_date
    from (
        select
            {{ (key + attributes) | join(', ') }},
            {%- for column in rank %}
            {{ column }} as source_{{ column }},
            {%- endfor %}
            min(partition_date) over (partition by {{ key | join(', ') }}) as first_partition_date,
            row_number() over (
                partition by {{ key | join(', ') }}
                order by {{ rank | join(' desc, ') }} desc
            ) as place
        from {{ lines }}
    )
    where place = 1
{%- endmacro %}
