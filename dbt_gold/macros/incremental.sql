{#
  Takes the place of the adapter's way to run incremental models: the model's query is the source of its MERGE. The adapter makes
  a view of it first, and asks for the columns of both again and again: ten statements per table, of which one does the work.
  The contract is proven when the table is made; here the table is compared with it.
#}
{% materialization incremental, adapter='trino' -%}
    {%- set held = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- if held -%} {%- do assert_table_has_contract(target_relation) -%} {%- endif -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main') -%}
        {%- if held -%}
            {{ merge_changes(target_relation, compiled_code, config.get('unique_key'), model.columns | list) }}
        {%- else -%}
            {{ create_table_as(False, target_relation, compiled_code) }}
        {%- endif -%}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {%- do persist_docs(target_relation, model) -%}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}

{# A changed contract is a new table: nothing may change a table in passing. #}
{% macro assert_table_has_contract(relation) %}
    {% set held = [] %}
    {% for column in adapter.get_columns_in_relation(relation) %}
        {% do held.append((column.name, column.data_type.replace(' ', ''))) %}
    {% endfor %}
    {% set expected = [] %}
    {% for column in model.columns.values() %}
        {% do expected.append((column.name, column.data_type.replace(' ', ''))) %}
    {% endfor %}
    {% if held | sort != expected | sort %}
        {% set wrong = (held | reject('in', expected) | list) + (expected | reject('in', held) | list) %}
        {{ exceptions.raise_compiler_error(
            relation ~ " is not as its contract says (" ~ wrong | map('join', ' ') | join(', ')
            ~ "): drop the table, `shopflow up` makes it anew, backfill the days."
        ) }}
    {% endif %}
{% endmacro %}

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
    {%- set said = modules.re.search('-- merge months of (\w+):([-0-9 ]*)', model.compiled_code) -%}
    {%- if said %} and {{ in_months('held.' ~ said.group(1), said.group(2).split()) }} {%- endif -%}
{%- endmacro %}
