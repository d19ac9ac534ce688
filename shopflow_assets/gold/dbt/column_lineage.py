"""From which columns each column of a model is made: found once for a manifest, and kept in a file beside it.

dagster-dbt would find it again for every model in every run, column by column from the compiled SQL. That
takes seconds, and the result changes with the project only.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg


class ColumnLineage:
    """The known column lineage of a manifest's models. One run at a time writes it, as one runs dbt."""

    def __init__(self, manifest: Mapping[str, Any], folder: Path) -> None:
        """Read the file in the manifest's folder, unless it belongs to another manifest."""
        self._manifest = manifest
        self._file = folder / "column_lineage.json"
        self._parse = manifest["metadata"]["invocation_id"]
        kept = json.loads(self._file.read_text()) if self._file.exists() else {}
        self._models: dict[str, str] = kept["models"] if kept.get("parse") == self._parse else {}

    def hints(self, unique_id: str) -> dict[str, Any]:
        """The contract's columns of a model and, unless its lineage is known, of the tables that it reads.

        With these dagster-dbt finds the lineage. Without them it would query the database, 0.7 s a model.
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
        """Keep a model's lineage until the project is parsed again."""
        self._models[unique_id] = dg.serialize_value(lineage)
        whole = self._file.with_suffix(".new")
        whole.write_text(json.dumps({"parse": self._parse, "models": self._models}))
        whole.replace(self._file)
