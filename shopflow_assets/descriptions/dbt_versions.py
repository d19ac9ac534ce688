"""Writes the YAML of gold's tables of versions, and of the views of the current rows: `make sources`.

A table of a database comes to gold twice: `int_<row>_versions` has the versions that silver has, and
`stg_<table>` the newest of each key. Their columns are those of the contract.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from shopflow_assets.descriptions.dbt_sources import HEADER, trino_type
from shopflow_assets.registry import SILVER_TABLES
from spark_jobs.contracts.contract import Column, may_be_shown
from spark_jobs.contracts.table import Table
from spark_jobs.contracts.versions import (
    OPERATION,
    POSITION,
    UNCHANGED,
    VersionContract,
    own_columns,
    own_key,
)

PROJECT = Path(__file__).parents[2] / "dbt_gold"
# Columns of silver under the names that gold gives them.
BOOKKEEPING = {
    POSITION: "position",
    OPERATION: "operation",
    "_at": "changed_at",
    UNCHANGED: "unchanged",
    "partition_date": "source_partition_date",
}
SHOWN = ("changed_at", "source_partition_date")


def versions_file(domain: str) -> Path:
    """The file of a domain's models of versions."""
    return PROJECT / "models" / domain / "_versions__models.yml"


def version_tables() -> dict[str, list[Table]]:
    """The tables of versions by domain."""
    domains: dict[str, list[Table]] = {}
    for table in SILVER_TABLES:
        if issubclass(table.contract, VersionContract):
            domains.setdefault(table.domain, []).append(table)
    return domains


def versions_yaml(tables: Iterable[Table]) -> str:
    """The models of versions and of current rows of a domain's tables."""
    models = [model for table in tables for model in (_versions(table), _current(table))]
    return HEADER + yaml.safe_dump({"models": models}, sort_keys=False, width=110, allow_unicode=True)


def _versions(table: Table) -> dict[str, Any]:
    name, key = f"int_{_row(table)}_versions", [*own_key(table)]
    columns = [*_own(table), *(_renamed(table, column, BOOKKEEPING[column]) for column in BOOKKEEPING)]
    required = {*key, *BOOKKEEPING.values()} - {"unchanged"}
    test = {
        "unique_key": {
            "name": f"{name}_key_is_unique",
            "description": "One row per key and position: no version of the run's days has a second row.",
            "arguments": {"columns": [*key, "position"]},
        }
    }
    examples = {"examples": key[0]} if may_be_shown(table.contract, key[0]) else {}
    refused = {
        "newest_is_not_refused": {
            "name": f"{name}_newest_is_not_refused",
            "description": (
                "No key has a newer version in quarantine. If one has, gold shows the version before it."
            ),
            "arguments": {"table": table.rules.table, "key": key},
            "config": {"severity": "warn", "where": "true", "meta": examples},
        }
    }
    return {
        "name": name,
        "description": (
            f"All versions of rows of `{table.rules.table}` that silver has, deletes too. The current rows"
            " and the histories are made from it."
        ),
        "config": {
            "unique_key": [*key, "position"],
            "properties": {
                "partitioning": "array['month(source_partition_date)']",
                "sorted_by": f"array['{key[0]}']",
            },
        },
        "data_tests": [test, refused],
        "columns": [
            {**column, "constraints": [{"type": "not_null"}]} if column["name"] in required else column
            for column in columns
        ],
    }


def _current(table: Table) -> dict[str, Any]:
    key = [*own_key(table)]
    shown = [_renamed(table, silver, name) for silver, name in BOOKKEEPING.items() if name in SHOWN]
    own = _own(table)
    if any(column["config"]["meta"]["data_class"] != "public" for column in own if column["name"] in key):
        # The value of a wide text is looked for among the versions of the key.
        wide = (c for c in own if c["data_type"] == "varchar" and c["name"] not in key)
        for meta in (c["config"]["meta"] for c in wide):
            meta |= (
                {} if meta["data_class"] != "public" else {"declassified": "the key chooses the version only"}
            )
    return {
        "name": f"stg_{table.rules.table}",
        "description": (
            f"The rows of `{table.rules.table}` as they are now: the newest version of each key, unless"
            " that is a delete."
        ),
        "config": {"materialized": "view", "meta": {"key": key, "reconciliation": _reconciliation(table)}},
        "columns": [*own, *shown],
    }


def _reconciliation(table: Table) -> dict[str, Any]:
    """What `shopflow_assets.gold.reconciliation` compares with what the source counted."""
    reconciliation = {
        "source": table.rules.table,
        "versions": f"int_{_row(table)}_versions",
        "key": [*own_key(table)],
    }
    return reconciliation | ({"amount": table.rules.amount} if table.rules.amount else {})


def _own(table: Table) -> list[dict[str, Any]]:
    return [_column(column, column.name) for column in own_columns(table)]


def _renamed(table: Table, silver: str, name: str) -> dict[str, Any]:
    return _column(next(column for column in table.columns if column.name == silver), name)


def _column(column: Column, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "data_type": trino_type(column.dtype).replace(",", ", "),
        "config": {"meta": {"data_class": column.data_class}},
        "description": f"{column.description}.",
    }


def _row(table: Table) -> str:
    """What a row of the table is called: the table's name in the singular."""
    name = table.rules.table
    return name.removesuffix("es") if name.endswith("sses") else name.removesuffix("s")


if __name__ == "__main__":
    for domain, tables in version_tables().items():
        versions_file(domain).write_text(versions_yaml(tables))
