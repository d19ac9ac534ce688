"""What dbt built and tested in a step, day by day. A long run is several dbt runs."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import dagster as dg

from shopflow_assets.catalogue import lineage_metadata
from shopflow_assets.days.day_report import DayReport
from shopflow_assets.gold.dbt.column_lineage import ColumnLineage
from shopflow_assets.gold.dbt.model_tests import EXAMPLES
from shopflow_assets.verdict import Verdict
from spark_jobs.shown_text import shown

if TYPE_CHECKING:
    from dbt.contracts.results import RunResult

DURATION = "Execution Duration"


@dataclass
class Model:
    """A built model: dagster-dbt's output, the days it was built for, and what Trino says of the writes.

    `rows` were written or deleted. `queries` are Trino's ids, by which the Iceberg snapshots can be found.
    """

    output: dg.Output
    days: list[date] = field(default_factory=list)
    seconds: float = 0
    rows: int = 0
    queries: list[str] = field(default_factory=list)

    def add(self, days: Sequence[date], result: "RunResult | None") -> None:
        """Add a dbt run that built the model; there is no result when dbt broke off later."""
        self.days += days
        if result is None:
            return
        self.seconds += result.execution_time
        if (rows := result.adapter_response.get("rows_affected", -1)) >= 0:
            self.rows += rows
            self.queries.append(str(result.adapter_response["query_id"]))


class Built:
    """Collects the events of one dbt run after the other."""

    def __init__(self, asset_of: Callable[[str], dg.AssetKey], lineage: ColumnLineage) -> None:
        """Nothing is built yet; `asset_of` gives the asset of a model by dbt's id."""
        self._asset_of, self._lineage = asset_of, lineage
        self._models: dict[str, Model] = {}
        self._verdicts: dict[dg.AssetCheckKey, dict[date, Verdict]] = defaultdict(dict)

    def add(
        self, unique_id: str, events: Iterator[Any], days: Sequence[date], result: "RunResult | None"
    ) -> None:
        """Add what dagster-dbt and dbt say of a node in the dbt run over these days."""
        for event in events:
            if isinstance(event, dg.Output):
                self._models.setdefault(unique_id, Model(event)).add(days, result)
            elif isinstance(event, dg.AssetCheckResult):
                asset = dg.AssetKey.from_coercible(event.asset_key or [])
                of_check = self._verdicts[dg.AssetCheckKey(asset, str(event.check_name))]
                # dbt has one verdict for all days of its run.
                of_check |= dict.fromkeys(days, _verdict(event, result))

    def add_to(self, report: DayReport) -> None:
        """Report the days that each model was built for, and each test's verdict on each day."""
        for unique_id, model in self._models.items():
            metadata = self._shown(unique_id, model)
            for day in model.days:
                report.made(self._asset_of(unique_id), day, metadata)
        for key, verdicts in self._verdicts.items():
            for day, verdict in verdicts.items():
                report.judged(key, day, verdict)

    def _shown(self, unique_id: str, model: Model) -> dict[str, Any]:
        """What people look for in Dagster: how many rows were merged, where the columns come from."""
        metadata: dict[str, Any] = {**model.output.metadata, DURATION: model.seconds}
        # It would hide the definition's columns, which are the same and also show their data classes.
        metadata.pop("dagster/column_schema", None)
        if model.queries:
            metadata |= {"rows_merged": model.rows, "trino_query_id": " ".join(model.queries)}
        lineage = metadata.get("dagster/column_lineage")
        if isinstance(lineage, dg.TableColumnLineageMetadataValue):
            self._lineage.keep(unique_id, lineage.column_lineage)
        if known := self._lineage.of(unique_id):
            metadata |= lineage_metadata(known.deps_by_column)
        return metadata


def _verdict(test: dg.AssetCheckResult, result: "RunResult | None") -> Verdict:
    """A test's verdict. Of a failed test dagster-dbt keeps only how many rows it found."""
    failed_rows = test.metadata.get("dagster_dbt/failed_row_count")
    text = "" if test.passed or failed_rows is None else f"rows that break the rule: {failed_rows.value}"
    if text and result and (examples := result.adapter_response.get(EXAMPLES)):
        text += f", such as {shown(examples)}"
    return Verdict(bool(test.passed), text, test.metadata, test.severity == dg.AssetCheckSeverity.WARN)
