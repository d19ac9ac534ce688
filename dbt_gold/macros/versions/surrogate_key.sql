{# The system whose rows the dimensions of the shop describe. #}
{% macro source_system() -%}shop{%- endmacro %}

{#
  A surrogate key: a hash of the source system, the natural key and the start of the row's validity, so that every load gives a row
  the same key. It is never negative; -1 is the unknown member.
#}
{% macro surrogate_key(natural_key, valid_from="timestamp '1900-01-01 00:00:00.000000'") -%}
    bitwise_and(
            from_big_endian_64(xxhash64(to_utf8(
                '{{ source_system() }}' || chr(31) || cast({{ natural_key }} as varchar) || chr(31) || cast({{ valid_from }} as varchar)
            ))),
            9223372036854775807
        )
{%- endmacro %}
