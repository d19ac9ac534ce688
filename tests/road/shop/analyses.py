"""The analyses as plain SQL, compiled by one call of dbt: each call imports and parses for some seconds."""

import json
from functools import cache

from local_stack.home import Home
from local_stack.prepare.dbt import dbt


@cache
def statements(home: Home) -> dict[str, str]:
    """The statement of every analysis of the project, by name."""
    target = home.path / "dbt" / "analyses"
    dbt(home, home.settings(), "compile", "--select", "resource_type:analysis", "--target-path", str(target))
    nodes = json.loads((target / "manifest.json").read_text())["nodes"].values()
    return {node["name"]: node["compiled_code"] for node in nodes if node["resource_type"] == "analysis"}
