{# A column of a record in quarantine. The record holds the text as received, so it is trimmed as in silver. #}
{% macro as_received(column) -%}
    trim(json_extract_scalar(record, '$.{{ column }}'))
{%- endmacro %}

{# Whether this silver table refused the record. #}
{% macro is_refused_by(domain, table) -%}
    domain = '{{ domain }}' and table_name = '{{ table }}'
{%- endmacro %}
