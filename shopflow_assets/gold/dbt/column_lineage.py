"""Which columns the columns of a model are made from: found once for a manifest, and kept beside it.

dagster-dbt finds it anew for every model of every run, column by column from the compiled SQL. That takes
seconds, and what it finds changes with the project only.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg


class ColumnLineage:
    """What is known of the columns of a manifest's models. One run at a time writes it, as dbt is one."""

    def __init__(self, manifest: Mapping[str, Any], folder: Path) -> None:
        """Read what is kept in the manifest's folder, unless it was found for another manifest."""
        self._manifest = manifest
        self._file = folder / "column_lineage.json"
        self._parse = manifest["metadata"]["invocation_id"]
        kept = json.loads(self._file.read_text()) if self._file.exists() else {}
        self._models: dict[str, str] = kept["models"] if kept.get("parse") == self._parse else {}

    def hints(self, unique_id: str) -> dict[str, Any]:
        """The contracts' columns of a model and, unless its lineage is known, of what it reads.

        With the latter dagster-dbt finds the lineage; by itself it would ask the database for them, which
        costs 0.7 s a model.
        """
        node = self._manifest["nodes"][unique_id]
        if node["resource_type"] != "model":
            return {}
        if unique_id in self._models:
            return {"columns": node["columns"]}
        sources, nodes = self._manifest["sources"], self._manifest["nodes"]
        read = [sources.get(key) or nodes[key] for key in node["depends_on"]["nodes"]]
        parents = {parent["relation_name"]: {"columns": parent["columns"]} for parent in read}
        return {"columns": node["columns"], "parents": parents}

    def of(self, unique_id: str) -> dg.TableColumnLineage | None:
        """A model's lineage, where it is known."""
        known = self._models.get(unique_id)
        return None if known is None else dg.deserialize_value(known, dg.TableColumnLineage)

    def keep(self, unique_id: str, lineage: dg.TableColumnLineage) -> None:
        """Remember a model's lineage until the project is parsed anew."""
        self._models[unique_id] = dg.serialize_value(lineage)
        whole = self._file.with_suffix(".new")
        whole.write_text(json.dumps({"parse": self._parse, "models": self._models}))
        whole.replace(self._file)
