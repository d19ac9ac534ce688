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
        {%- elif flags.EMPTY -%}
            {{ create_table_as(False, target_relation, compiled_code) }}
        {%- else -%}
            {# With the run's days alone it would look complete. #}
            {{ exceptions.raise_compiler_error(this ~ " is not there: `shopflow up` makes it, then backfill all days.") }}
        {%- endif -%}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {%- do persist_docs(target_relation, model) -%}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}
