{# Refuses a table that differs from its contract. A changed contract needs a new table; no run changes a table's columns. #}
{% macro assert_table_has_contract(relation) %}
    {% set held = [] %}
    {% for name, type in shared('columns').get(name_of(relation), {}).items() %}
        {% do held.append((name, type.replace(' ', ''))) %}
    {% endfor %}
    {% set expected = [] %}
    {% for column in model.columns.values() %}
        {% do expected.append((column.name, column.data_type.replace(' ', ''))) %}
    {% endfor %}
    {% if held | sort != expected | sort %}
        {% set wrong = (held | reject('in', expected) | list) + (expected | reject('in', held) | list) %}
        {{ exceptions.raise_compiler_error(
            relation ~ " is not as its contract says (" ~ wrong | map('join', ' ') | join(', ')
            ~ "): drop the table, `shopflow up` creates it again, backfill the days."
        ) }}
    {% endif %}
{% endmacro %}
