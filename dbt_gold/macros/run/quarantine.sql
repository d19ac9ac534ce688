{#
  A column of a record in quarantine. The record holds the text as received, so it is cleaned as in silver (spark_jobs/contracts/texts.py):
  no blanks and invisible characters at the ends, Unicode's form NFC.
#}
{% macro as_received(column) -%}
    {%- set blanks =
        '[\\p{Z}\\x{9}-\\x{d}\\x{85}\\x{ad}\\x{61c}\\x{180e}\\x{200b}-\\x{200f}\\x{202a}-\\x{202e}\\x{2060}-\\x{2064}\\x{2066}-\\x{206f}\\x{feff}]+' -%}
    normalize(regexp_replace(json_extract_scalar(record, '$.{{ column }}'), '^{{ blanks }}|{{ blanks }}$', ''), NFC)
{%- endmacro %}

{# Whether this silver table refused the record. #}
{% macro is_refused_by(domain, table) -%}
    domain = '{{ domain }}' and table_name = '{{ table }}'
{%- endmacro %}
