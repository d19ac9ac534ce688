"""Who may see the columns of gold, as the YAML of their models says.

A column may have a laxer class than the columns that it is made from, if its reason stands beside it. The
unit tests check classes and reasons through column lineage; this module does not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from shopflow_assets.errors import DataClassError
from spark_jobs.contracts.contract import DataClass

KNOWN = get_args(DataClass)


@dataclass(frozen=True)
class Classified:
    """What is declared of a column: its class, and why it may be laxer than what the column is made from."""

    data_class: DataClass
    declassified: str = ""


def classified(table: Mapping[str, Any]) -> dict[str, Classified]:
    """What is declared of each column of a model or source in dbt's manifest.

    Raises:
        DataClassError: names every column of the table without a class that exists, or with an empty reason.
    """
    metas = {name: column["config"]["meta"] for name, column in table["columns"].items()}
    if wrong := {name: meta for name, meta in metas.items() if not _is_whole(meta)}:
        name = f"{table['database']}.{table['schema']}.{table['name']}"
        # The columns of a model stand in another file than its SQL. A source has one file only.
        file = (table.get("patch_path") or table["original_file_path"]).split("://")[-1]
        raise DataClassError(name, file, wrong, KNOWN)
    return {name: Classified(m["data_class"], m.get("declassified", "")) for name, m in metas.items()}


def _is_whole(meta: Mapping[str, Any]) -> bool:
    reason = meta.get("declassified", "none is needed")
    return meta.get("data_class") in KNOWN and isinstance(reason, str) and bool(reason.strip())
