"""What Dagster is told of a model that dbt built."""

from datetime import date
from pathlib import Path

import dagster as dg

from shopflow_assets.gold.column_lineage import ColumnLineage

DAY = date(2026, 2, 1)


def test_a_materialization_does_not_hide_the_data_classes_of_the_definition(pipeline: Path) -> None:
    from shopflow_assets.gold.built import Built

    built = Built(dg.build_asset_context(), ColumnLineage({"metadata": {"invocation_id": "first"}}, pipeline))
    columns = dg.TableSchema([dg.TableColumn("email", "varchar")])
    told = dg.Output(None, metadata={"dagster/column_schema": columns, "unique_id": "model.customers"})
    built.add("model.customers", iter([told]), [DAY], None)
    [event] = built.events([DAY])
    assert event.metadata.keys() >= {"unique_id"}
    assert "dagster/column_schema" not in event.metadata
