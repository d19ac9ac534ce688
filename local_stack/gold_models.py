"""The gold tables and views, as dbt's manifest in the home names them."""

import json
from dataclasses import dataclass
from typing import Any

from local_stack.home import Home


@dataclass(frozen=True)
class GoldModel:
    """One model that has a relation in Trino; `key` is empty where dbt names no unique key."""

    name: str
    schema: str
    table: str
    is_view: bool
    key: tuple[str, ...]

    @property
    def relation(self) -> tuple[str, str]:
        """Schema and table, as Trino lists them."""
        return self.schema, self.table


def models(home: Home) -> list[GoldModel]:
    """Return every model that dbt keeps as a table or view, by name."""
    manifest = json.loads((home.dbt_target / "manifest.json").read_text())
    nodes = (node for node in manifest["nodes"].values() if node["resource_type"] == "model")
    found = [_model(node) for node in nodes if node["config"]["materialized"] != "ephemeral"]
    return sorted(found, key=lambda model: model.relation)


def _model(node: dict[str, Any]) -> GoldModel:
    key = node["config"].get("unique_key") or ()
    return GoldModel(
        name=node["name"],
        schema=node["schema"],
        table=node["alias"],
        is_view=node["config"]["materialized"] == "view",
        key=(key,) if isinstance(key, str) else tuple(key),
    )
