{#
  From which day on facts may need another version of a customer or product of the run's days: a list with this day by the
  dimension's name; no day if no fact may. `all` has a day if a table was emptied on the run's days: then all facts are recomputed.
  `gone_address` and `gone_supplier` have one if addresses or suppliers were deleted on these days.

  Versions change nothing before their own time, with two exceptions: one that comes before all others takes over the time before
  them, and one that is not after its predecessor takes over its time. A refused version may have been one before the contract was
  changed, so its end is a change like any other.
#}
{% macro look_up_changed_dimensions(dimensions, members) %}
    {% set lists = {'all': []} %}
    {% set query %}
        select 'all', min(source_partition_date) from {{ ref('int_truncations') }}
        where {{ in_run('source_partition_date') }} having count(*) > 0
        {%- for member in members %}
        {%- do lists.update({'gone_' ~ member: []}) %}
        union all
        select 'gone_{{ member }}', min(source_partition_date) from {{ ref('int_' ~ member ~ '_versions') }}
        where {{ in_run('source_partition_date') }} and operation = 'd' having count(*) > 0
        union all
        select 'gone_{{ member }}', min(partition_date) from {{ source('quality', 'quarantine') }}
        where {{ is_refused_by('shop', table_of(member)) }} and {{ in_run('partition_date') }} having count(*) > 0
        {%- endfor %}
        {%- for dimension in dimensions %}
        {%- do lists.update({dimension: []}) %}
        {%- set versions, id = ref('int_' ~ dimension ~ '_versions'), dimension ~ '_id' %}
        union all
        select
            '{{ dimension }}',
            cast(min(
                if(first_here < first_elsewhere or changed_at <= changed_before, timestamp '1900-01-01 00:00:00', changed_at)
            ) as date)
        from (
            select
                min(first_here) as first_here,
                min(position) filter (where not is_here) as first_elsewhere,
                min(changed_at) filter (where position >= first_here) as changed_at,
                max(changed_at) filter (where position < first_here) as changed_before
            from (
                select *, min(if(is_here, position)) over (partition by {{ id }}) as first_here
                from (
                    select {{ id }}, position, changed_at, {{ in_run('source_partition_date') }} as is_here
                    from {{ versions }}
                    where {{ id }} in ({{ keys_of_run(dimension, id) }})
                    union all
                    select
                        {{ refused_key(id) }},
                        json_extract_scalar(record, '$._pos'),
                        coalesce(
                            try(cast(from_iso8601_timestamp(json_extract_scalar(record, '$._at')) as timestamp(6))),
                            timestamp '1900-01-01 00:00:00'
                        ),
                        true
                    from {{ source('quality', 'quarantine') }}
                    where {{ is_refused_by('shop', table_of(dimension)) }} and {{ in_run('partition_date') }}
                )
            )
            group by {{ id }}
        )
        having count(*) > 0
        {%- endfor %}
    {% endset %}
    {{ return(look_up(lists, query)) }}
{% endmacro %}

{# Whether a version of a dimension was valid at a time. #}
{% macro is_valid_at(version, time) -%}
    {{ version }}.valid_from <= {{ time }} and ({{ version }}.valid_to is null or {{ time }} < {{ version }}.valid_to)
{%- endmacro %}
