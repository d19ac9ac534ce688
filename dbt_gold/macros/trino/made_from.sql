{#
  A hash over what a model is made from: its SQL, its contract, and the columns of what it reads. A view, or a table that every
  run replaces, keeps it as its comment in Trino.
#}
{% macro made_from() %}
    {% set parts = [model.compiled_code, columns_by_contract(model)] %}
    {% for key in model.depends_on.nodes %}
        {% do parts.append(columns_by_contract(graph.get('nodes', {}).get(key) or graph.get('sources', {}).get(key) or {})) %}
    {% endfor %}
    {{ return('made from ' ~ local_md5(parts | join('\n'))) }}
{% endmacro %}

{% macro columns_by_contract(node) %}
    {% set columns = [] %}
    {% for column in (node.columns or {}).values() %}
        {% do columns.append(column.name ~ ' ' ~ column.data_type) %}
    {% endfor %}
    {{ return(columns | join(', ')) }}
{% endmacro %}

{# Whether the relation in Trino is made from the same. #}
{% macro is_made_from_the_same(relation) %}
    {{ return(shared('comments').get(name_of(relation)) == made_from()) }}
{% endmacro %}

{# Compares a query with the contract, for which Trino plans it twice. So the same query is compared only once. #}
{% macro assert_has_contract(relation, sql) %}
    {% if not is_made_from_the_same(relation) %}
        {{ get_assert_columns_equivalent(sql) }}
    {% endif %}
{% endmacro %}
