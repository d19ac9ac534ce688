{#
  Replaces dbt-trino's materialization (docs/dbt_overrides.md): a view is created when it is new, or made from something else than
  before. In other runs nothing is asked of Trino, and dbt reports the view as if it had been created.
#}
{% materialization view, adapter='trino' -%}
    {%- set held = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks) }}
    {%- if held and held.is_view and is_made_from_the_same(this) -%}
        {%- do store_raw_result('main', message='AS IT WAS', code='AS IT WAS', rows_affected=-1) -%}
    {%- else -%}
        {%- if held and not held.is_view -%} {%- do adapter.drop_relation(held) -%} {%- endif -%}
        {%- call statement('main') -%}
            {{ get_create_view_as_sql(target_relation, compiled_code) }}
        {%- endcall -%}
    {%- endif -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}

{% macro trino__create_view_as(relation, sql) -%}
    create or replace view {{ relation }}
    {{ get_assert_columns_equivalent(sql) }}
    comment '{{ made_from() }}'
    security definer
    as
    {{ sql }}
{%- endmacro %}
