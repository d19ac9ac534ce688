{# The MERGE. A row of `changes` without source_partition_date says: no silver day holds this key any more. #}
{% macro merge_changes(target, changes, unique_key, columns) -%}
    {%- set key = [unique_key] if unique_key is string else unique_key -%}
    merge into {{ target }} as held
    using (
        {{ changes }}
    ) as change
    on {{ equal('held', 'change', key) }} {{ in_merge_months() }}
    when matched and change.source_partition_date is null then delete
    when matched then update set
        {%- for column in columns if column not in key %}
        {{ column }} = change.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    when not matched and change.source_partition_date is not null then
        insert ({{ columns | join(', ') }})
        values ({% for column in columns %}change.{{ column }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{#
  Says in a model's SQL in which months the table holds the changed keys, for the MERGE to read no others. As a comment, because
  the MERGE is written in another context than the model, which shares with it the model's text and nothing else.
#}
{% macro merge_months_of(column, months) -%}
    -- merge months of {{ column }}: {{ months | join(' ') }}
{%- endmacro %}

{% macro in_merge_months() -%}
    {%- set said = modules.re.search('-- merge months of ([^:]+):([-0-9 ]*)', model.compiled_code) -%}
    {%- if said %} and {{ in_months('held.' ~ said.group(1), said.group(2).split()) }} {%- endif -%}
{%- endmacro %}
