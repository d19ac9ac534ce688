"""A lake for the tests of a domain's gold: schemas `gold_<domain>` in silver and gold of the running stack.

dbt creates the tables of gold once, without rows. The tests empty them.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from typing import Any

from dbt.cli.main import dbtRunner

from local_stack.environments import dbt_environment
from local_stack.home import Home
from shopflow_assets.domain import Domain
from shopflow_assets.environment import exported
from shopflow_assets.gold.dbt.model_tests import asked_together
from spark_jobs.contracts.quality import QUARANTINE
from spark_jobs.contracts.rules import Limits
from tests.harness import trino
from tests.harness.gold_silver import Row, Silver

START = date(2026, 1, 1)
LIMITS = Limits(first_partition=START)
# Less than in the contracts, so that few days are enough to reach the limit.
MAX_AGE_DAYS = 3


class GoldLake:
    """Silver tables to write into, and dbt in process to build the domain's gold from them."""

    def __init__(self, home: Home, domain: Domain) -> None:
        """Create the tables of silver and gold without rows; an older lake of the domain is removed."""
        self.domain, self.schema = domain, f"gold_{domain.name}"
        tables = (*domain.tables, QUARANTINE)
        self.silver = Silver(home, self.schema, {table.rules.table: table for table in tables})
        self._home = home
        self.environment = {
            **dbt_environment(home, home.settings()),
            "SHOPFLOW_START_DATE": f"{LIMITS.first_partition}",
            "DBT_TARGET_PATH": f"{home.path}/dbt/{self.schema}",
        }
        self.silver.make()
        self._register_silver()
        self.manifest: Any = self._parse()
        self.query(f"drop schema if exists gold.{self.schema} cascade")
        assert self.dbt("run", "--empty", "--select", self.all()) == {}

    @cached_property
    def models(self) -> dict[str, Any]:
        """The domain's models in dbt's manifest, by name."""
        return self._nodes("model")

    @cached_property
    def data_tests(self) -> dict[str, Any]:
        """The data tests of the domain's models in dbt's manifest, by name."""
        return self._nodes("test")

    @cached_property
    def tested(self) -> dict[str, str]:
        """The model of each data test."""
        names = {model.unique_id: name for name, model in self.models.items()}
        return {name: names[test.attached_node] for name, test in self.data_tests.items()}

    def materialized(self, *kinds: str) -> list[str]:
        """The models of these materializations: incremental, table, view."""
        return [name for name, model in self.models.items() if model.config.materialized in kinds]

    @cached_property
    def stages(self) -> list[list[str]]:
        """The incremental models in the order of a run: those of a stage read only the stages before it."""
        waiting, stages = self.materialized("incremental"), []
        while waiting:
            ids = {self.models[name].unique_id for name in waiting}
            stages.append([name for name in waiting if not ids & {*self.models[name].depends_on.nodes}])
            waiting = [name for name in waiting if name not in stages[-1]]
        return stages

    def all(self, *methods: str) -> str:
        """How dbt selects the nodes of the domain, or those of them that the other methods select too."""
        return ",".join([f"fqn:{self.manifest.metadata.project_name}.{self.domain.name}", *methods])

    def dbt(self, *arguments: str, first: date | None = None, last: date | None = None) -> dict[str, str]:
        """Call dbt for these days, or for none; returns the message of each node that did not succeed."""
        results = self.results(arguments, first, last)
        return {r.node.name: str(r.message) for r in results if r.status not in ("success", "pass")}

    def run(self, first: date, last: date, *models: str) -> None:
        """Build these models, or all of the domain, for the days."""
        assert self.dbt("run", "--select", *(models or [self.all()]), first=first, last=last) == {}

    def failing_tests(self, first: date, last: date, *names: str, scope: str = "run") -> dict[str, str]:
        """Those of these data tests, or of all, that do not hold after a run over the days, with their query.

        `scope` is the rows that they look at: those of the `run`, or the `full` tables.
        """
        with exported({"SHOPFLOW_TEST_SCOPE": scope}):
            # Without the tests of other domains that also read this domain's tables.
            selected = (*(names or [self.all("test_type:data")]), "--indirect-selection", "empty")
            results = self.results(("test", "--select", *selected), first, last)
        results = [result for result in results if result.node.name in self.data_tests]
        assert len(results) == len(names or self.data_tests)
        return {r.node.name: r.node.compiled_code for r in results if r.status != "pass"}

    def deliver(self, day: date, **rows: Sequence[Row]) -> None:
        """Replace a day of silver; a table that is not named has no rows on it."""
        self.silver.deliver(day, rows)

    def empty(self) -> None:
        """Take all rows out of silver and gold; the tables stay."""
        self.silver.empty()
        self.empty_gold()

    def empty_gold(self) -> None:
        """Take all rows out of gold."""
        for model in self.materialized("incremental", "table"):
            self.query(f"delete from {self.table(model)}")

    @contextmanager
    def restored(self, *models: str) -> Generator[None]:
        """Restore the rows of these models' tables afterwards."""
        versions = {name: self.version(name) for name in models}
        try:
            yield
        finally:
            for name, version in versions.items():
                if self.version(name) != version:
                    self.query(f"alter table {self.table(name)} execute rollback_to_snapshot({version})")

    def version(self, model: str) -> int:
        """Iceberg's snapshot of a table as it is now."""
        refs = f'gold.{self.schema}."{model}$refs"'
        return self.query(f"select snapshot_id from {refs} where name = 'main'")[0][0]

    def table(self, model: str) -> str:
        """A gold table's name in Trino."""
        return f"gold.{self.schema}.{model}"

    def gold(self, model: str, names: Sequence[str] = ("*",)) -> list[Row]:
        """These columns of a gold table, sorted."""
        return sorted(self.rows(f"select {', '.join(names)} from {self.table(model)}"), key=str)

    def rows(self, sql: str) -> list[Row]:
        """The rows of a statement in Trino, by the names of their columns."""
        return trino.run(self._home.settings().trino_port, sql)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a statement in Trino, as tuples."""
        return [tuple(row.values()) for row in self.rows(sql)]

    def rows_read(self, query_id: str) -> int:
        """How many rows of files a statement read."""
        return trino.rows_read(self._home.settings().trino_port, query_id)

    def _nodes(self, kind: str) -> dict[str, Any]:
        """The domain's nodes of a kind; a model's domain is its folder, and that of its tests is the same."""
        nodes = sorted(self.manifest.nodes.values(), key=lambda node: node.name)
        of_kind = (node for node in nodes if node.resource_type == kind)
        return {node.name: node for node in of_kind if node.fqn[1] == self.domain.name}

    def results(self, arguments: Sequence[str], first: date | None, last: date | None) -> Any:
        """The results of a call of dbt, by node."""
        days = {name: f"{day}" for name, day in (("SHOPFLOW_FROM", first), ("SHOPFLOW_TO", last)) if day}
        # The environment of dbt's macros, during one call: the stack's commands must not see it.
        with exported(self.environment | days), asked_together() as tests:
            runner = dbtRunner(manifest=self.manifest, callbacks=[tests.note])
            done = runner.invoke([*arguments, "--quiet", "--no-write-json"])
        if done.exception:
            raise done.exception
        return done.result

    def _parse(self) -> Any:
        """The checkout's dbt project; silver and the domain's gold, but no other, have the lake's schemas."""
        with exported(self.environment):
            manifest: Any = dbtRunner().invoke(["parse", "--quiet"]).result
        of_domain = (node for node in manifest.nodes.values() if node.fqn[1] == self.domain.name)
        for node in (*of_domain, *manifest.sources.values()):
            node.schema = self.schema
        for source in manifest.sources.values():
            if "max_age_days" in source.config.meta:
                source.config.meta["max_age_days"] = MAX_AGE_DAYS
        manifest.build_flat_graph()
        return manifest

    def _register_silver(self) -> None:
        """Let Trino know the silver tables."""
        self.query(f"create schema if not exists silver.{self.schema}")
        known = {name for (name,) in self.query(f"show tables from silver.{self.schema}")}
        for table in self.silver.tables.keys() - known:
            place = self.silver.location(table)
            self.query(f"call silver.system.register_table('{self.schema}', '{table}', '{place}')")
