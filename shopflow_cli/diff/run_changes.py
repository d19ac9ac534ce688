"""What a run changed, table by table: which versions are compared, by which key, and for which days."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from local_stack.errors import HistoryGoneError, QueryError, TrinoUnreachableError
from local_stack.home import Home
from local_stack.prepare.gold_models import GoldModel, models
from shopflow_cli.diff.table_diff import TableDiff, compare
from shopflow_cli.diff.table_versions import Span, delta_span, iceberg_span, quarantine_span
from shopflow_cli.runs.recorded_run import RecordedRun

if TYPE_CHECKING:
    from spark_jobs.contracts.table import Table


@dataclass(frozen=True)
class Change:
    """What changed in one table, or why it cannot be compared; neither if the run committed nothing."""

    table: str
    diff: TableDiff | None = None
    problem: str = ""


def changes(home: Home, run: RecordedRun, first: date, last: date) -> Iterator[Change]:
    """Yield what a run changed: silver and quarantine of these days, gold of the months that it wrote to.

    Raises:
        TrinoUnreachableError: Trino does not answer.
    """
    from shopflow_assets.registry import SILVER_TABLES

    days = f"partition_date between date '{first}' and date '{last}'"
    for table in SILVER_TABLES:
        if versions := run.versions.get((table.domain, table.rules.table)):
            yield from _silver(home, table, versions, days)
    for model in models(home):
        queries = run.queries.get(model.relation)
        if queries and not model.is_view:
            yield _change(f"gold.{model.schema}.{model.table}", lambda m=model, q=queries: _gold(home, m, q))


def _silver(home: Home, table: "Table", versions: set[int], days: str) -> Iterator[Change]:
    from spark_jobs.contracts.contract import LANDING_COLUMNS

    rules = table.rules
    # Columns that say where a row came from are not compared: a file that is delivered again has another
    # name, though its rows are the same.
    landing = tuple(name for name in LANDING_COLUMNS if name != "partition_date")

    def rows() -> TableDiff:
        relation, key = f"silver.{table.name}", (*rules.key, "partition_date")
        money = [rules.amount] if rules.amount else []
        return compare(home, *_versions(relation, delta_span(versions)), days, key, money, landing)

    def quarantined() -> TableDiff | None:
        of_table = f"{days} and domain = '{rules.domain}' and table_name = '{rules.table}'"
        span = quarantine_span(home, rules.domain, rules.table, versions)
        if span is None:
            return None
        return compare(home, *_versions("silver.quality.quarantine", span), of_table, (), [], landing)

    yield _change(f"silver.{table.name}", rows)
    yield _change(f"silver.quality.quarantine ({table.name})", quarantined)


def _gold(home: Home, model: GoldModel, queries: set[str]) -> TableDiff | None:
    span = iceberg_span(home, model.schema, model.table, queries)
    if span is None:
        return None
    relation = f"gold.{model.schema}.{model.table}"
    return compare(home, *_versions(relation, span), span.where, model.key, None, ())


def _versions(relation: str, span: Span) -> tuple[str, str]:
    old, new = (f"{relation} for version as of bigint '{number}'" for number in (span.before, span.after))
    return old, new


def _change(table: str, compare_versions: Callable[[], TableDiff | None]) -> Change:
    try:
        return Change(table, compare_versions())
    except TrinoUnreachableError:
        raise
    except (HistoryGoneError, QueryError) as error:
        return Change(table, problem=str(error))
