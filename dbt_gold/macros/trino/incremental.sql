{#
  Replaces dbt-trino's materialization (docs/dbt_overrides.md): the model's query is the source of its MERGE. dbt-trino makes a
  view of the query first, and asks for the columns of both several times: ten statements per table, of which one does the work.
  dbt compares the query with the contract when it creates the table. Here the table is compared with the contract.
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
            {# A table with the run's days alone would look complete. #}
            {{ exceptions.raise_compiler_error(this ~ " is not there: `shopflow up` makes it, then backfill all days.") }}
        {%- endif -%}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {%- do persist_docs(target_relation, model) -%}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}
