"""What Dagster is told of a model that dbt built."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg

from shopflow_assets.gold.dbt.column_lineage import ColumnLineage

DAY = date(2026, 2, 1)


def _told(built: Any) -> dict[date, Mapping[str, Any]]:
    """What a report is told of the one model that was built."""
    told: dict[date, Mapping[str, Any]] = {}
    built.tell(SimpleNamespace(made=lambda asset, day, metadata: told.update({day: metadata})))
    return told


def test_a_materialization_does_not_hide_the_data_classes_of_the_definition(pipeline: Path) -> None:
    from shopflow_assets.gold.dbt.results import Built

    built = Built(
        lambda model: dg.AssetKey(model), ColumnLineage({"metadata": {"invocation_id": "first"}}, pipeline)
    )
    columns = dg.TableSchema([dg.TableColumn("email", "varchar")])
    told = dg.Output(None, metadata={"dagster/column_schema": columns, "unique_id": "model.customers"})
    built.add("model.customers", iter([told]), [DAY], None)
    [metadata] = _told(built).values()
    assert metadata.keys() >= {"unique_id"}
    assert "dagster/column_schema" not in metadata


def test_a_failed_data_test_shows_examples(pipeline: Path) -> None:
    from shopflow_assets.gold.dbt.results import Built

    built = Built(
        lambda model: dg.AssetKey(model), ColumnLineage({"metadata": {"invocation_id": ""}}, pipeline)
    )
    failed: Any = dg.AssetCheckResult(
        passed=False, asset_key="orders", check_name="kept", metadata={"dagster_dbt/failed_row_count": 7}
    )
    result: Any = SimpleNamespace(adapter_response={"examples": "o1, o2"})
    built.add("test.kept", iter([failed]), [DAY], result)
    told: list[str] = []
    report: Any = SimpleNamespace(judged=lambda check, day, verdict: told.append(verdict.description))
    built.tell(report)
    assert told == ["rows that break the rule: 7, such as o1, o2"]
