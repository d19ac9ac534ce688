{# The `meta` of a source: what the contract of the silver table tells its readers. Empty while dbt parses. #}
{% macro source_meta(schema, table) %}
    {% if execute %}
        {% for node in graph.sources.values() if (node.source_name, node.name) == (schema, table) %}
            {{ return(node.config.meta) }}
        {% endfor %}
    {% endif %}
    {{ return({}) }}
{% endmacro %}
