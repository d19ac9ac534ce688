"""What Dagster's catalogue shows of bronze and silver tables, derived from their contracts."""

import inspect
from collections.abc import Mapping
from typing import Any

import dagster as dg

from spark_jobs.contracts.contract import (
    Column,
    Contract,
    SilverContract,
    columns,
    source_columns,
    table_rules,
)
from spark_jobs.delta_tables import location, sql_type


def row_description(contract: type[Contract]) -> str:
    """What one row is, as the contract's docstring says."""
    return inspect.cleandoc(contract.__doc__ or "")


def bronze_metadata(contract: type[SilverContract]) -> Mapping[str, Any]:
    """Definition metadata of a bronze feed: its columns as received, and where its files are."""
    shown = [dg.TableColumn(c.name, "text", c.description) for c in source_columns(contract)]
    folder = f"s3://datalake/bronze/{table_rules(contract).domain}/"
    return {"dagster/column_schema": dg.TableSchema(shown), "dagster/uri": folder}


def silver_metadata(contract: type[Contract]) -> Mapping[str, Any]:
    """Definition metadata of a silver table: typed columns, its name in Trino, where it lives."""
    rules = table_rules(contract)
    shown = [_shown(column) for column in columns(contract)]
    schema = dg.TableSchema(shown, constraints=dg.TableConstraints([rule.text for rule in rules.rules]))
    name = f"silver.{rules.domain}.{rules.table}"
    return {
        "dagster/column_schema": schema,
        "dagster/table_name": name,
        "dagster/storage_kind": "deltalake",
        "dagster/uri": location(contract),
    }


def _shown(column: Column) -> dg.TableColumn:
    other = [f"one of {', '.join(column.allowed)}"] if column.allowed else []
    other += [f"> {column.above}"] if column.above is not None else []
    other += [f">= {column.at_least}"] if column.at_least is not None else []
    other += [column.meaning] if column.meaning else []
    constraints = dg.TableColumnConstraints(nullable=not column.required, other=other)
    kind = sql_type(column.dtype)
    return dg.TableColumn(
        column.name, kind, column.description, constraints, tags={"data_class": column.data_class}
    )
