"""Writes the silver tables as dbt's sources: `make sources`."""

from collections.abc import Iterable
from pathlib import Path

import polars as pl
import yaml

from shopflow_assets.registry import TABLES
from spark_jobs.contracts.table import Table

SOURCES_FILE = Path(__file__).parents[2] / "dbt_gold" / "models" / "staging" / "_silver__sources.yml"
HEADER = (
    "# Made from spark_jobs/contracts by `make sources`; a change here is undone by the next run of it.\n"
)


def sources_yaml(tables: Iterable[Table] = TABLES) -> str:
    """The sources file, with one source per domain."""
    domains: dict[str, list[dict]] = {}
    for table in tables:
        domains.setdefault(table.domain, []).append(_table(table))
    sources = [
        {"name": domain, "database": "silver", "schema": domain, "tables": of_domain}
        for domain, of_domain in domains.items()
    ]
    body = yaml.safe_dump({"version": 2, "sources": sources}, sort_keys=False, width=110, allow_unicode=True)
    return HEADER + body


def trino_type(dtype: pl.DataType) -> str:
    """Trino's name of a contract's type, as its Delta connector shows it.

    Raises:
        TypeError: silver can not have the type.
    """
    if isinstance(dtype, pl.Decimal):
        return f"decimal({dtype.precision},{dtype.scale})"
    if isinstance(dtype, pl.List):
        return "array(varchar)"
    plain = {
        pl.String: "varchar",
        pl.Date: "date",
        pl.Int32: "integer",
        pl.Int64: "bigint",
        pl.Datetime: "timestamp(6)",
    }
    for known, name in plain.items():
        if dtype == known:
            return name
    raise TypeError(f"no silver column can be a {dtype}")


def _table(table: Table) -> dict:
    shown = [
        {
            "name": c.name,
            "description": c.description,
            "data_type": trino_type(c.dtype),
            "config": {"meta": {"data_class": c.data_class}},
        }
        for c in table.columns
    ]
    max_age_days = table.rules.max_age_days
    meta = {} if max_age_days is None else {"config": {"meta": {"max_age_days": max_age_days}}}
    return {"name": table.rules.table, "description": table.description, **meta, "columns": shown}


if __name__ == "__main__":
    SOURCES_FILE.write_text(sources_yaml())
