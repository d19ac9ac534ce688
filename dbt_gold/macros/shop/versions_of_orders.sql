{#
  The versions of the run's orders, or of their lines, payments, refunds or shipments, newest first (`ranked_versions`). `columns`
  come beside the key. A delete names only its key, so other rows are found by their key, not by their order.
#}
{% macro versions_of_orders(row, months, columns) -%}
    {%- set key = {'order_item': ['order_id', 'product_id']}.get(row, [row ~ '_id']) -%}
    {%- set versions = ref('int_' ~ row ~ '_versions') -%}
    {%- set wide = wide_columns(columns_of_model('int_' ~ row ~ '_versions'), key) -%}
    {%- set in_orders = 'order_id in (select order_id from orders_of_run)' -%}
    {%- set where -%}
        {{ in_days_since(months) }}
        and {% if 'order_id' in key -%} {{ in_orders }}
        {%- else -%} {{ key[0] }} in (select {{ key[0] }} from {{ versions }} where {{ in_days_since(months) }} and {{ in_orders }})
        {%- endif %}
    {%- endset -%}
    {{ ranked_versions(versions, table_of(row), key, columns, wide, where) }}
{%- endmacro %}

{# The columns of a model's contract; none while dbt parses. #}
{% macro columns_of_model(name) %}
    {% for node in graph.get('nodes', {}).values() if execute and node.resource_type == 'model' and node.name == name %}
        {{ return(node.columns) }}
    {% endfor %}
    {{ return({}) }}
{% endmacro %}
