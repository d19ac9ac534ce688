"""What Dagster's catalogue shows of bronze and silver tables, derived from their contracts."""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from spark_jobs.contracts.contract import Column, conditions
from spark_jobs.contracts.table import Table
from spark_jobs.sql_types import sql_type


def lineage_metadata(deps_by_column: Mapping[str, Sequence[dg.TableColumnDep]]) -> Mapping[str, Any]:
    """Column lineage twice: as Dagster's own entry, which its open-source UI hides, and as a table."""
    made_from = {
        column: ", ".join(sorted(f"{dep.asset_key.to_user_string()}.{dep.column_name}" for dep in deps))
        for column, deps in deps_by_column.items()
    }
    rows = [dg.TableRecord({"column": column, "made from": sources}) for column, sources in made_from.items()]
    return {
        "dagster/column_lineage": dg.TableColumnLineage(deps_by_column),
        "column_lineage": dg.MetadataValue.table(rows),
    }


def bronze_metadata(table: Table, source: dg.AssetKey) -> Mapping[str, Any]:
    """Definition metadata of a bronze feed: its columns as received, and where its files are."""
    shown = [dg.TableColumn(c.name, "text", c.description) for c in table.source_columns]
    folder = f"s3://datalake/bronze/{table.rules.feed_folder}/"
    return {
        "dagster/column_schema": dg.TableSchema(shown),
        "dagster/uri": folder,
        **_from_columns_of(source, table),
    }


def silver_metadata(table: Table) -> Mapping[str, Any]:
    """Definition metadata of a silver table: typed columns, its name in Trino, and its location."""
    rules, shown = table.rules, [_shown(column) for column in table.columns]
    schema = dg.TableSchema(shown, constraints=dg.TableConstraints([rule.text for rule in rules.rules]))
    bronze = dg.AssetKey(["bronze", rules.domain, rules.table])
    lineage = _from_columns_of(bronze, table) if table.source_columns else {}
    return {
        **lineage,
        "dagster/column_schema": schema,
        "dagster/table_name": f"silver.{table.name}",
        "dagster/storage_kind": "deltalake",
        "dagster/uri": table.location,
    }


def _from_columns_of(upstream: dg.AssetKey, table: Table) -> Mapping[str, Any]:
    """Lineage of the source's columns: each comes from the column of its name."""
    return lineage_metadata({name: [dg.TableColumnDep(upstream, name)] for name in table.source_names})


def _shown(column: Column) -> dg.TableColumn:
    constraints = dg.TableColumnConstraints(nullable=column.nullable, other=conditions(column))
    kind = sql_type(column.dtype)
    return dg.TableColumn(
        column.name, kind, column.description, constraints, tags={"data_class": column.data_class}
    )
