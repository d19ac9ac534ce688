{#
  Asks once, for all tables of the run's models, how they are before the run: the `columns` of incremental tables with their
  types, the `comments` of views and of tables that are replaced, and which keyed tables hold rows of the run's days.
#}
{% macro look_at_tables() %}
    {% do graph.pop('shared_by_macros', none) %}
    {% set incremental, others = [], [] %}
    {% for node in graph.get('nodes', {}).values() if node.unique_id in selected_resources and node.resource_type == 'model' %}
        {% set relation = adapter.get_relation(node.database, node.schema, node.alias) %}
        {% if relation %}
            {% do (incremental if node.config.materialized == 'incremental' else others).append(relation) %}
        {% endif %}
    {% endfor %}
    {% set queries = [] %}
    {% if incremental %} {% do queries.append(select_columns(incremental)) %} {% endif %}
    {% if others %} {% do queries.append(select_comments(others)) %} {% endif %}
    {% for name, column, type_or_comment in (run_query(queries | join(' union all ')) if queries else []) %}
        {% if column %}
            {% do shared('columns').setdefault(name, {}).update({column: type_or_comment}) %}
        {% else %}
            {% do shared('comments').update({name: type_or_comment}) %}
        {% endif %}
    {% endfor %}
    {% if incremental and may_look_up() %} {% do look_for_days_of_run(incremental) %} {% endif %}
{% endmacro %}

{# Tables by their names: for a whole schema Trino takes seconds, because it plans every view. #}
{% macro select_columns(tables) -%}
    select table_schema || '.' || table_name, column_name, data_type
    from {{ target.database }}.information_schema.columns
    where {{ is_one_of(tables, 'table_schema', 'table_name') }}
{%- endmacro %}

{% macro select_comments(relations) -%}
    select schema_name || '.' || table_name, '', comment
    from system.metadata.table_comments
    where catalog_name = '{{ target.database }}' and {{ is_one_of(relations, 'schema_name', 'table_name') }}
{%- endmacro %}

{# Which keyed tables hold rows of the run's days. The others, as for a new day, have no key to lose. #}
{% macro look_for_days_of_run(tables) %}
    {% set queries = [] %}
    {% for table in tables %}
        {% set columns = shared('columns').get(name_of(table), {}) %}
        {% if 'source_partition_date' in columns and 'created_at' in columns %}
            {% set query %}
                select
                    '{{ name_of(table) }}',
                    exists (select 1 from {{ table }} where {{ in_run('source_partition_date') }})
                    or exists (select 1 from {{ table }} where {{ in_run('created_at') }})
            {% endset %}
            {% do queries.append(query) %}
        {% endif %}
    {% endfor %}
    {% if queries %}
        {% for name, holds_them in run_query(queries | join(' union all ')) %}
            {% do shared('holds_days_of_run').update({name: holds_them}) %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{% macro name_of(relation) %}
    {{ return(relation.schema ~ '.' ~ relation.identifier) }}
{% endmacro %}

{% macro is_one_of(relations, schema_column, name_column) -%}
    {{ schema_column }} in ('{{ relations | map(attribute="schema") | unique | join("', '") }}')
    and {{ name_column }} in ('{{ relations | map(attribute="identifier") | unique | join("', '") }}')
{%- endmacro %}
