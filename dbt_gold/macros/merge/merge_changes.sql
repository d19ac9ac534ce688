{# The MERGE. A row of `changes` without source_partition_date deletes its key: no silver day holds it any more. #}
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
  The MERGE of the model that is being compiled reads only these months of the table, by `column`. dbt writes the MERGE later, in
  another context. So the months wait in shared('merge_months'), as {model: {column, months}}, until in_merge_months() reads them.
#}
{% macro merge_only_in_months(column, months) -%}
    {%- if execute -%}
        {%- do shared('merge_months').update({model.unique_id: {'column': column, 'months': months}}) -%}
    {%- endif -%}
{%- endmacro %}

{# The condition on these months for the MERGE; nothing for a model that named none. #}
{% macro in_merge_months() -%}
    {%- set bound = shared('merge_months').get(model.unique_id) -%}
    {%- if bound %} and {{ in_months('held.' ~ bound.column, bound.months) }} {%- endif -%}
{%- endmacro %}
