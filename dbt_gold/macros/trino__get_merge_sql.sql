{#
  Takes the place of the adapter's merge, which never deletes and reads the whole target. A row without
  source_partition_date says: no silver day holds this key any more. A model with `month_of` in its meta bounds the MERGE by the
  months in which the target holds the changed keys; they are looked up there, because a key may come back with another order date.
#}
{% macro trino__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- set key = [unique_key] if unique_key is string else unique_key -%}
    {%- set columns = dest_columns | map(attribute='name') | list -%}
    {%- set month_of = config.get('meta', {}).get('month_of') -%}
    merge into {{ target }} as held
    using {{ source }} as change
    on {{ equal('held', 'change', key) }}
    {%- if month_of %}
        and {{ in_months('held.' ~ month_of, months_of_changes(target, source, key, month_of)) }}
    {%- endif %}
    when matched and change.source_partition_date is null then delete
    when matched then update set
        {%- for column in columns if column not in key %}
        {{ column }} = change.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    when not matched and change.source_partition_date is not null then
        insert ({{ columns | join(', ') }})
        values ({% for column in columns %}change.{{ column }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro months_of_changes(target, source, key, month_of) %}
    {% if not may_look_up() %}
        {{ return([]) }}
    {% endif %}
    {% set query %}
        select held.{{ month_of }} from {{ target }} as held
        inner join {{ source }} as change on {{ equal('held', 'change', key) }}
    {% endset %}
    {{ return(look_up_months(query)) }}
{% endmacro %}
