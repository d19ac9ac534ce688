"""Compares the current rows of a database's tables in gold with what the source counted itself.

The source is counted once a day, when its log had come to a known position
(`shopflow_assets.sources.database.landed.source_counts`). Of the versions in gold, those before this position
are compared: so later changes do not disturb, and the numbers must be equal. The rows of a key whose newest
version is in quarantine are missing in gold, and no failure of the pipeline: they make the day a warning.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from shopflow_assets.domain import Domain
from shopflow_assets.gold.published_days import published
from shopflow_assets.gold.trino import query
from shopflow_assets.settings import settings
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay, DatabaseDays
from shopflow_assets.sources.database.landed.source_counts import SourceCount, SourceCounts, is_landed
from shopflow_assets.verdict import Verdict
from spark_jobs.manifest import Claim

SQL = Path(__file__).parent / "sql" / "with_source.sql"
DESCRIPTION = (
    "The view has as many rows, and as much money, as the source counted on this day; a warning while the day"
    " is open. Without a verdict: the source was not counted, or gold lacks a day before."
)


def verdicts(
    domain: Domain, nodes: Collection[Mapping[str, Any]], days: Collection[date]
) -> Iterator[tuple[str, date, Verdict]]:
    """The verdict of each day that can be compared on each of these models of dbt, by the model's id."""
    if not nodes or not days:
        return
    landed = DatabaseDays(domain.name)
    counts = _comparable(domain, landed, days)
    newest = landed.newest()
    if not counts or newest is None:
        return
    rows = query(settings(), "\nunion all\n".join(f"({_statement(domain, n, counts)})" for n in nodes))
    in_gold = {(row["table_name"], row["partition_date"]): row for row in rows}
    for node in nodes:
        table = node["config"]["meta"]["reconciliation"]["source"]
        for day, count in counts.items():
            is_open = day == newest.partition_date
            yield node["unique_id"], day, compare(count.tables[table], in_gold[table, day], is_open=is_open)


def compare(source: Claim, gold: Mapping[str, Any], *, is_open: bool) -> Verdict:
    """The day's verdict on a table: `gold` has its rows, their amount, and how many are in quarantine."""
    metadata = {
        "source_rows": source.rows,
        "gold_rows": gold["row_count"],
        "refused_rows": gold["refused_rows"],
    }
    wrong = []
    if source.rows != gold["row_count"]:
        wrong.append(f"the source has {source.rows} rows, gold {gold['row_count']}")
    if source.amount is not None:
        metadata |= {"source_amount": str(source.amount), "gold_amount": str(gold["amount"])}
        if source.amount != gold["amount"]:
            wrong.append(f"the source has {source.amount}, gold {gold['amount']}")
    if not wrong:
        return Verdict(True, f"gold has the {source.rows} rows that the source counted", metadata)
    is_explained = abs(source.rows - gold["row_count"]) <= gold["refused_rows"] > 0
    if gold["refused_rows"]:
        wrong.append(
            f"the newest version of {gold['refused_rows']} rows is in quarantine (`shopflow quarantine`)"
        )
    return Verdict(False, "; ".join(wrong), metadata, is_warning=is_open or is_explained)


def _comparable(domain: Domain, landed: DatabaseDays, days: Collection[date]) -> dict[date, SourceCount]:
    """The counts of these days that gold has all changes of, from the beginning of their epoch on."""
    kept = SourceCounts(domain.name)
    counts: dict[date, SourceCount] = {}
    needed: dict[date, Sequence[date]] = {}
    for day in days:
        of_day, count = landed.day(day), kept.of(day)
        if of_day and count and is_landed(count, of_day):
            counts[day], needed[day] = count, _epoch(of_day)
    if not counts:
        return {}
    in_gold = published(domain.name, sorted(set().union(*needed.values())))
    complete = {day for day, state in in_gold.items() if state.is_complete}
    return {day: count for day, count in counts.items() if complete.issuperset(needed[day])}


def _epoch(landed: DatabaseDay) -> Sequence[date]:
    """The days from the beginning of the landed day's epoch up to it."""
    first = landed.epoch_begins
    return [first + timedelta(days=n) for n in range((landed.partition_date - first).days + 1)]


def _statement(domain: Domain, node: Mapping[str, Any], counts: Mapping[date, SourceCount]) -> str:
    asked = node["config"]["meta"]["reconciliation"]
    return SQL.read_text().format(
        counts=", ".join(f"(date '{day}', '{count.position}')" for day, count in counts.items()),
        schema=node["schema"],
        domain=domain.name,
        source=asked["source"],
        versions=asked["versions"],
        amount=asked.get("amount", "decimal '0.00'"),
        key=", ".join(asked["key"]),
        key_of_record=", ".join(
            f"json_extract_scalar(record, '$.{name}') as {name}" for name in asked["key"]
        ),
        same_key=" and ".join(f"refused.{name} = cast(newest.{name} as varchar)" for name in asked["key"]),
    )
