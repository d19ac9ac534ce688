{#
  Per day of silver, the model has as many rows as the shop has now in a table from that day, with the same sum. `versions` are
  those of the table. A newer version stands on the same day or a later one, so older days are not read.
#}
{% test agrees_with_current_rows(model, versions, table, key, amount) %}

with

stored as (
    select
        source_partition_date,
        count(*) as row_count,
        sum({{ amount }}) as amount
    from {{ model }}
    group by source_partition_date
),

ranked as (
    {{ ranked_versions(
        versions, table, key, ['source_partition_date', amount], [],
        'true' if tests_whole_tables() else "source_partition_date >= date '" ~ first_run_day() ~ "'",
    ) }}
),

expected as (
    select
        source_partition_date,
        count(*) as row_count,
        sum({{ amount }}) as amount
    from ranked
    where place = 1 and operation <> 'd' and {{ rows_of_run() }}
    group by source_partition_date
),

final as (
    select
        coalesce(stored.source_partition_date, expected.source_partition_date) as source_partition_date,
        stored.row_count,
        expected.row_count as expected_row_count,
        stored.amount,
        expected.amount as expected_amount
    from stored
    full join expected on stored.source_partition_date = expected.source_partition_date
    where
        stored.row_count is distinct from expected.row_count
        or stored.amount is distinct from expected.amount
)

select * from final

{% endtest %}
