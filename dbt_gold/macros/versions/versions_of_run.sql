{#
  The values of `column` (the row's own key, or one that it refers to) in versions on the run's days. Versions that silver refuses now
  count too: gold may hold them from before a change of the contract, and must recompute their rows without them.
#}
{% macro keys_of_run(row, column, where='true') -%}
    select {{ column }}
    from {{ ref('int_' ~ row ~ '_versions') }}
    where {{ in_run('source_partition_date') }} and {{ column }} is not null and {{ where }}
    union
    select {{ refused_key(column) }} from {{ source('quality', 'quarantine') }}
    where {{ is_refused_by('shop', table_of(row)) }} and {{ in_run('partition_date') }} and {{ refused_key(column) }} is not null
{%- endmacro %}

{# The shop's table of such rows: customers of customer, addresses of address. #}
{% macro table_of(row) %}
    {{ return(row ~ ('es' if row.endswith('ss') else 's')) }}
{% endmacro %}

{# A number in a record that silver refused; null if it is none. #}
{% macro refused_key(column) -%}
    try_cast(json_extract_scalar(record, '$.{{ column }}') as bigint)
{%- endmacro %}

{#
  Brings a table of versions up to date: after it, the table has the versions that silver has on the run's days. A version stays
  on its day, so nothing else is read or written.
#}
{% macro versions_of_run(lines) -%}
{%- set names = {
    'position': '_pos', 'operation': '_op', 'changed_at': '_at', 'unchanged': '_unchanged', 'source_partition_date': 'partition_date',
} -%}
{%- set key = model.config.unique_key if execute else ['position'] -%}
{%- set columns = model.columns | list -%}
{%- do merge_only_in_months('source_partition_date', months_of_run()) -%}
with

versions as (
    select
        {%- for column in columns %}
        {{ names[column] or column }} as {{ column }}{{ ',' if not loop.last }}
        {%- else %}
        *
        {%- endfor %}
    from {{ lines }}
    where {{ in_run('partition_date') }} and _op <> 't'
),

final as (
    {{ changes_of('versions', '(select * from ' ~ held_rows() ~ ' where ' ~ in_run('source_partition_date') ~ ')', key, columns | reject('in', key) | list) }}
)

select * from final
{%- endmacro %}
