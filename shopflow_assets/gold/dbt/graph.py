"""What dbt's manifest says of a domain's models: which silver they read, what lies below it, their hash."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from shopflow_assets.settings import settings

# A silver table as dbt knows it: `domain.table`, like `Table.name`.
Source = str


@dataclass(frozen=True)
class GoldGraph:
    """The models of one domain (those in its folder), by dbt's ids."""

    manifest: Mapping[str, Any]
    domain: str

    @cached_property
    def models(self) -> set[str]:
        """All models of the domain without ephemeral ones, which dbt puts into the SQL of their readers."""
        nodes = self.manifest["nodes"].items()
        models = ((key, node) for key, node in nodes if node["resource_type"] == "model")
        mine = ((key, node) for key, node in models if node["schema"] == self.domain)
        return {key for key, node in mine if node["config"]["materialized"] != "ephemeral"}

    @cached_property
    def sources(self) -> set[Source]:
        """The silver tables that the domain's models read."""
        return self.sources_of(self.models)

    def sources_of(self, models: Iterable[str]) -> set[Source]:
        """The silver tables that models read, themselves or through other models of the domain.

        Not through models of another domain: that domain's gate holds back its own bad days.
        """
        nodes = self.manifest["nodes"].items()
        others = {key for key, node in nodes if node["resource_type"] == "model" and key not in self.models}
        reached = self._reach(models, "parent_map", stop_at=others)
        return {_name(source) for key, source in self.manifest["sources"].items() if key in reached}

    def below(self, sources: Collection[Source]) -> set[str]:
        """The domain's models that read one of these silver tables, themselves or through other models.

        Models that read no silver, such as a list of all dates, are built in every run that builds something.
        """
        if not sources:
            return set()
        keys = [key for key, source in self.manifest["sources"].items() if _name(source) in sources]
        without_silver = {model for model in self.models if not self.sources_of([model])}
        return self.models & (self._reach(keys, "child_map") | without_silver)

    @cached_property
    def whole(self) -> set[str]:
        """Models that each run of dbt replaces from all days, and what depends on them, tests too."""
        nodes = self.manifest["nodes"]
        tables = [key for key, node in nodes.items() if node["config"]["materialized"] == "table"]
        return self._reach(tables, "child_map") & nodes.keys()

    @cached_property
    def sha256(self) -> str:
        """Hash of what a build depends on besides silver: SQL and configuration of models, macros, limits."""
        # When a limit changes, days are judged again and come to gold again.
        parts: list[Any] = [str(settings().max_quarantined_share), str(settings().max_merged_share)]
        parts += [macro["macro_sql"] for _, macro in sorted(self.manifest["macros"].items())]
        for key in sorted(self._reach(self.models, "parent_map") & self.manifest["nodes"].keys()):
            node = self.manifest["nodes"][key]
            types = [(name, column["data_type"]) for name, column in node["columns"].items()]
            parts.append((key, node["raw_code"], node["config"], types))
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def _reach(self, start: Iterable[str], edges: str, stop_at: Collection[str] = ()) -> set[str]:
        waiting, reached = list(start), set()
        while waiting:
            key = waiting.pop()
            if key not in reached and key not in stop_at:
                reached.add(key)
                waiting += self.manifest[edges].get(key, [])
        return reached


def _name(source: Mapping[str, Any]) -> Source:
    return f"{source['schema']}.{source['name']}"
