{#
  From which day on facts may need another version of a customer or product of the run's days: a list with this day by the
  dimension's name; no day if no fact may. A new customer has no facts yet, or they wait as unknown. `all` has a day if a table was
  emptied on the run's days: then all facts are recomputed.
#}
{% macro look_up_changed_dimensions(dimensions) %}
    {% set lists = {'all': []} %}
    {% set query %}
        select 'all', min(source_partition_date) from {{ ref('int_truncations') }}
        where {{ in_run('source_partition_date') }} having count(*) > 0
        {%- for dimension in dimensions %}
        {%- do lists.update({dimension: []}) %}
        {%- set versions, id = ref('int_' ~ dimension ~ '_versions'), dimension ~ '_id' %}
        union all
        select '{{ dimension }}', cast(min(if(first_here < first_elsewhere, timestamp '1900-01-01 00:00:00', changed_at)) as date)
        from (
            select
                min(position) filter (where {{ in_run('source_partition_date') }}) as first_here,
                min(position) filter (where not {{ in_run('source_partition_date') }}) as first_elsewhere,
                min(changed_at) filter (where {{ in_run('source_partition_date') }}) as changed_at
            from {{ versions }}
            where {{ id }} in (select {{ id }} from {{ versions }} where {{ in_run('source_partition_date') }})
            group by {{ id }}
        )
        where first_elsewhere is not null
        having count(*) > 0
        {%- endfor %}
    {% endset %}
    {{ return(look_up(lists, query)) }}
{% endmacro %}

{# Whether a version of a dimension was valid at a time. #}
{% macro is_valid_at(version, time) -%}
    {{ version }}.valid_from <= {{ time }} and ({{ version }}.valid_to is null or {{ time }} < {{ version }}.valid_to)
{%- endmacro %}
