{#
  The orders that come from the run's days, or of which a line was refused on these days, are complete. A refused line changes
  nothing else in the order's row, which keeps its older day. Two scans, because Iceberg skips files for each condition but not for
  an OR of both.
#}
{% test no_line_in_quarantine(model) %}

select order_id from {{ model }}
where not is_complete and {{ rows_of_run() }}
union
select order_id from {{ model }}
where not is_complete and {{ rows_of_run('refused_partition_date', 'refused_partition_date') }}

{% endtest %}
