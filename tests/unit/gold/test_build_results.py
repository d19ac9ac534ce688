"""What Dagster shows of a model that dbt built."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg

from shopflow_assets.gold.dbt.column_lineage import ColumnLineage

DAY = date(2026, 2, 1)


def _metadata(built: Any) -> dict[date, Mapping[str, Any]]:
    """What is reported of the one model that was built, by day."""
    by_day: dict[date, Mapping[str, Any]] = {}
    built.add_to(SimpleNamespace(made=lambda asset, day, metadata: by_day.update({day: metadata})))
    return by_day


def test_a_materialization_does_not_hide_the_data_classes_of_the_definition(pipeline: Path) -> None:
    from shopflow_assets.gold.dbt.results import Built

    built = Built(
        lambda model: dg.AssetKey(model), ColumnLineage({"metadata": {"invocation_id": "first"}}, pipeline)
    )
    columns = dg.TableSchema([dg.TableColumn("email", "varchar")])
    output = dg.Output(None, metadata={"dagster/column_schema": columns, "unique_id": "model.customers"})
    built.add("model.customers", iter([output]), [DAY], None)
    [metadata] = _metadata(built).values()
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
    descriptions: list[str] = []
    report: Any = SimpleNamespace(
        judged=lambda _check, _day, verdict: descriptions.append(verdict.description)
    )
    built.add_to(report)
    assert descriptions == ["rows that break the rule: 7, such as o1, o2"]
