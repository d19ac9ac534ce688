"""Builds and tests a domain's models with dbt, for one batch of days after the other."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator

from shopflow_assets.dagster_dbt_internals import (
    DbtCoreCliEventMessage,
    get_updated_cli_invocation_params_for_context,
)
from shopflow_assets.days.day_report import DayReport
from shopflow_assets.errors import DbtError
from shopflow_assets.gold.dbt.column_lineage import ColumnLineage
from shopflow_assets.gold.dbt.graph import GoldGraph, Source
from shopflow_assets.gold.dbt.invocation import invoke, node_results, raise_on_failure, run_dir
from shopflow_assets.gold.dbt.project import project, target_dir
from shopflow_assets.gold.dbt.results import Built

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult


class GoldBuild:
    """One step's calls of dbt. `built` are the days for which all selected models were built and tested."""

    def __init__(
        self, context: dg.AssetExecutionContext, domain: str, translator: DagsterDbtTranslator
    ) -> None:
        """Take the step's selection; nothing is built yet."""
        self.domain, self._context, self._translator = domain, context, translator
        self._selection = get_updated_cli_invocation_params_for_context(
            context=context,
            manifest={},  # Not used: dagster-dbt takes the manifest of the asset definition.
            dagster_dbt_translator=translator,
        )
        self.graph = GoldGraph(self._selection.manifest, domain)
        keys = {self._key(model): model for model in self.graph.models}
        self.selected = {keys[key] for key in context.selected_asset_keys}
        self.built: set[date] = set()
        self._lineage = ColumnLineage(self._selection.manifest, target_dir())
        self._built = Built(self._key, self._lineage)
        self._outcomes: dict[str, dbtRunnerResult] = {}

    @property
    def is_whole(self) -> bool:
        """Whether the step builds all models of the domain and runs all their tests."""
        tests = {spec.key for spec in self._context.assets_def.node_check_specs_by_output_name.values()}
        return self.selected == self.graph.models and self._context.selected_asset_check_keys == tests

    def days(
        self,
        batches: Sequence[Sequence[date]],
        changed: Mapping[date, Collection[Source]],
        silver_versions: Mapping[str, int],
    ) -> Iterator[Any]:
        """Build and test the models below the silver that changed on these days; yield Dagster's events.

        A failed batch does not stop the next one. `raise_on_failure` raises what went wrong.
        """
        report = DayReport(self._context)
        days = [day for batch in batches for day in batch]
        for batch in batches:
            models = self._below(changed, batch) - self.graph.whole
            # Tables that are replaced as a whole are built once, with the last batch, and not after a failed
            # batch: one of the tables that they read may hold days that another lacks.
            if batch == batches[-1] and all(earlier.success for earlier in self._outcomes.values()):
                models |= self._below(changed, days) & self.graph.whole
            outcome = self._invoke(batch, models, silver_versions, days)
            if outcome.success:
                self.built |= set(batch)
            for model in models:
                for day in days if model in self.graph.whole else batch:
                    report.failed(self._key(model), day)
            if outcome.exception:
                # dbt broke off, perhaps because the run is terminated.
                break
        if not all(outcome.success for outcome in self._outcomes.values()):
            # The tables that are replaced as a whole were not built.
            self.built = set() if self.graph.whole & self.selected else self.built
        self._built.add_to(report)
        yield from report.events()

    def raise_on_failure(self, bad_days: Mapping[date, str]) -> None:
        """Raise DbtError, naming all that failed and the days held back, unless all went well."""
        try:
            raise_on_failure(self._outcomes)
        except DbtError as error:
            held = "".join(f"\n{day} held back: {reason}" for day, reason in sorted(bad_days.items()))
            raise DbtError(f"{error}{held}") from error

    def _below(self, changed: Mapping[date, Collection[Source]], days: Sequence[date]) -> set[str]:
        """The selected models that lie below silver tables that changed on these days."""
        return self.selected & self.graph.below({source for day in days for source in changed[day]})

    def _invoke(
        self,
        batch: Sequence[date],
        models: Collection[str],
        silver_versions: Mapping[str, int],
        days: Sequence[date],
    ) -> "dbtRunnerResult":
        manifest = self._selection.manifest
        left_out = sorted(manifest["nodes"][model]["name"] for model in self.selected - set(models))
        # For a part of gold, no test that also reads tables below it: those are not brought up to date.
        tests = ["--indirect-selection", self._selection.indirect_selection or "buildable"]
        exclude = ["--exclude", *left_out] if left_out else []
        results, outcome = invoke(
            ["build", *self._selection.selection_args, *tests, *exclude],
            domain=self.domain,
            SHOPFLOW_FROM=batch[0].isoformat(),
            SHOPFLOW_TO=batch[-1].isoformat(),
            # One state of silver for all statements: meanwhile other runs may replace days.
            SHOPFLOW_SILVER_VERSIONS=json.dumps(silver_versions),
        )
        by_node = {r.node.unique_id: r for r in node_results(outcome)}
        for result in results:
            unique_id = result["data"]["node_info"]["unique_id"]
            message = DbtCoreCliEventMessage(
                raw_event=result, event_history_metadata=self._lineage.hints(unique_id)
            )
            events = message.to_default_asset_events(
                manifest=manifest,
                dagster_dbt_translator=self._translator,
                context=self._context,
                target_path=run_dir(self.domain),
                project=project(),
            )
            of_days = days if unique_id in self.graph.whole else batch
            self._built.add(unique_id, events, of_days, by_node.get(unique_id))
        about = f"{batch[0]}" if len(batch) == 1 else f"{batch[0]} to {batch[-1]}"
        self._outcomes[about] = outcome
        self._context.log.info(f"{about}: {'built' if outcome.success else 'failed'}")
        return outcome

    def _key(self, model: str) -> dg.AssetKey:
        return self._translator.get_asset_key(self._selection.manifest["nodes"][model])
