"""The gold tables and views, as dbt's manifest in the home names them."""

import json
from dataclasses import dataclass
from typing import Any

from local_stack.home import Home


@dataclass(frozen=True)
class GoldModel:
    """A model with a relation in Trino. `key` comes from its test `unique_key`; it is empty without one."""

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
    keys = _tested_keys(manifest)
    nodes = (node for node in manifest["nodes"].values() if node["resource_type"] == "model")
    found = [_model(node, keys) for node in nodes if node["config"]["materialized"] != "ephemeral"]
    return sorted(found, key=lambda model: model.relation)


def _tested_keys(manifest: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the columns of each model's test `unique_key`, which rebuilt tables have as well."""
    tests = (node for node in manifest["nodes"].values() if node["resource_type"] == "test")
    return {
        test["attached_node"]: tuple(test["test_metadata"]["kwargs"]["columns"])
        for test in tests
        if (test.get("test_metadata") or {}).get("name") == "unique_key"
    }


def _model(node: dict[str, Any], keys: dict[str, tuple[str, ...]]) -> GoldModel:
    return GoldModel(
        name=node["name"],
        schema=node["schema"],
        table=node["alias"],
        is_view=node["config"]["materialized"] == "view",
        key=keys.get(node["unique_id"], ()),
    )
