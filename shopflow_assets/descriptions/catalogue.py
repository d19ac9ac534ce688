"""What Dagster's catalogue shows of bronze and silver tables, derived from their contracts."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from spark_jobs.contracts.contract import (
    Column,
    Contract,
    SilverContract,
    columns,
    conditions,
    source_columns,
    table_rules,
)
from spark_jobs.delta_tables import location, sql_type


def row_description(contract: type[Contract]) -> str:
    """What one row is, as the contract's docstring says."""
    return inspect.cleandoc(contract.__doc__ or "")


def lineage_metadata(deps_by_column: Mapping[str, Sequence[dg.TableColumnDep]]) -> Mapping[str, Any]:
    """Column lineage as Dagster's own entry, which its open-source pages hide, and as a table they show."""
    readable = {
        column: ", ".join(sorted(f"{dep.asset_key.to_user_string()}.{dep.column_name}" for dep in deps))
        for column, deps in deps_by_column.items()
    }
    rows = [dg.TableRecord({"column": column, "made from": made}) for column, made in readable.items()]
    return {
        "dagster/column_lineage": dg.TableColumnLineage(deps_by_column),
        "column_lineage": dg.MetadataValue.table(rows),
    }


def bronze_metadata(contract: type[SilverContract], source: dg.AssetKey) -> Mapping[str, Any]:
    """Definition metadata of a bronze feed: its columns as received from a source, where its files are."""
    shown = [dg.TableColumn(c.name, "text", c.description) for c in source_columns(contract)]
    folder = f"s3://datalake/bronze/{table_rules(contract).feed_folder}/"
    return {
        "dagster/column_schema": dg.TableSchema(shown),
        "dagster/uri": folder,
        **_from_columns_of(source, contract),
    }


def silver_metadata(contract: type[Contract]) -> Mapping[str, Any]:
    """Definition metadata of a silver table: typed columns, its name in Trino, where it lives."""
    rules = table_rules(contract)
    shown = [_shown(column) for column in columns(contract)]
    schema = dg.TableSchema(shown, constraints=dg.TableConstraints([rule.text for rule in rules.rules]))
    name = f"silver.{rules.domain}.{rules.table}"
    bronze = dg.AssetKey(["bronze", rules.domain, rules.table])
    lineage = _from_columns_of(bronze, contract) if issubclass(contract, SilverContract) else {}
    return {
        **lineage,
        "dagster/column_schema": schema,
        "dagster/table_name": name,
        "dagster/storage_kind": "deltalake",
        "dagster/uri": location(contract),
    }


def _from_columns_of(upstream: dg.AssetKey, contract: type[SilverContract]) -> Mapping[str, Any]:
    """The source's columns go from asset to asset under their names."""
    return lineage_metadata({c.name: [dg.TableColumnDep(upstream, c.name)] for c in source_columns(contract)})


def _shown(column: Column) -> dg.TableColumn:
    constraints = dg.TableColumnConstraints(nullable=column.nullable, other=conditions(column))
    kind = sql_type(column.dtype)
    return dg.TableColumn(
        column.name, kind, column.description, constraints, tags={"data_class": column.data_class}
    )
