-- dbt creates the table, and builds it never again. The runs of gold append the rows (shopflow_assets/gold/published_days.py).
{{ get_empty_schema_sql(model.columns) }}
where false
