-- Rows are appended by the runs of gold (shopflow_assets/gold/published_days.py); dbt makes the table, and never builds it again.
{{ get_empty_schema_sql(model.columns) }}
where false
