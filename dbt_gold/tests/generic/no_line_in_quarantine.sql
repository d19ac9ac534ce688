{#
  The orders that the run wrote, or of which it refused a line, are complete. A refused line leaves the order's row as it was but
  for this, with a source_partition_date of another day.
#}
{% test no_line_in_quarantine(model, quarantine) %}

select * from {{ model }}
where
    not is_complete
    and (
        {{ rows_of_run() }}
        or order_id in (
            select {{ as_received('order_id') }} from {{ quarantine }}
            where {{ is_order_line() }} and {{ in_run('partition_date') }}
        )
    )

{% endtest %}
