{#
  The orders that come from the run's days, or of which a line was refused on these days, are complete. A refused line changes
  nothing else in the order's row, which keeps its older day.
#}
{% test no_line_in_quarantine(model, quarantine) %}

select * from {{ model }}
where
    not is_complete
    {%- if not tests_whole_tables() %}
    -- All these orders have such dates. Without this condition every month would be read.
    and {{ may_be_delivered_in_run('order_date') }}
    and (
        {{ rows_of_run() }}
        or order_id in (
            select {{ as_received('order_id') }} from {{ quarantine }}
            where {{ is_order_line() }} and {{ in_run('partition_date') }}
        )
    )
    {%- endif %}

{% endtest %}
