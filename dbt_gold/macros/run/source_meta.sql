{# What the contract of a silver table says to whoever reads it: the `meta` of the source. Nothing while dbt parses. #}
{% macro source_meta(schema, table) %}
    {% if execute %}
        {% for node in graph.sources.values() if (node.source_name, node.name) == (schema, table) %}
            {{ return(node.config.meta) }}
        {% endfor %}
    {% endif %}
    {{ return({}) }}
{% endmacro %}
