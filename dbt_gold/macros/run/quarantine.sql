{# What a quarantined record says of a column. The record is the text as received, so it is trimmed as the contract does. #}
{% macro as_received(column) -%}
    trim(json_extract_scalar(record, '$.{{ column }}'))
{%- endmacro %}

{# Whether the silver table of a domain refused the record. #}
{% macro is_refused_by(domain, table) -%}
    domain = '{{ domain }}' and table_name = '{{ table }}'
{%- endmacro %}
