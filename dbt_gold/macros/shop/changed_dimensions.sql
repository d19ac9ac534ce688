{#
  Looks up from which day on facts may need another version, because of versions on the run's days. Returns lists of at most one day:
  - `customer`, `product`: the first day whose facts may change;
  - `all`: has a day if a table was emptied; then all facts are recomputed;
  - `gone_address`, `gone_supplier`: have a day if such a row was deleted;
  - `refused`: has a day if silver refused versions of orders or their parts on other days.

  A version changes nothing before its own time, with two exceptions. A version that becomes the first of its key is valid since 1900.
  A version whose time is not after that of its predecessor takes its place. A version that silver refuses now may be in gold under
  an older contract, so it counts as changed.
#}
{% macro look_up_changed_dimensions(dimensions, members) %}
    {% set lists = {'all': [], 'refused': []} %}
    {% set query %}
        select 'all', min(source_partition_date) from {{ ref('int_truncations') }}
        where {{ in_run('source_partition_date') }} having count(*) > 0
        union all
        select 'refused', max(source_partition_date) from {{ ref('int_refused_versions') }}
        where not {{ in_run('source_partition_date') }} having count(*) > 0
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
                if(first_of_run < first_of_other_days or changed_at <= changed_before, timestamp '1900-01-01 00:00:00', changed_at)
            ) as date)
        from (
            select
                min(first_of_run) as first_of_run,
                min(position) filter (where not is_of_run) as first_of_other_days,
                min(changed_at) filter (where position >= first_of_run) as changed_at,
                max(changed_at) filter (where position < first_of_run) as changed_before
            from (
                select *, min(if(is_of_run, position)) over (partition by {{ id }}) as first_of_run
                from (
                    select {{ id }}, position, changed_at, {{ in_run('source_partition_date') }} as is_of_run
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
