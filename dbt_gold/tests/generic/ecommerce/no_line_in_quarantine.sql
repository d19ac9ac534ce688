{#
  The orders that come from the run's days, or of which these refused a line, are complete. A refused line leaves an order's row
  as it was but for this, under an older day.
#}
{% test no_line_in_quarantine(model, quarantine) %}

select * from {{ model }}
where
    not is_complete
    {%- if not tests_whole_tables() %}
    -- The dates of all these orders: without them every month would be read.
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
