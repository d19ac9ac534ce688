"""Compares the current rows of a database's tables in gold with what the source counted itself.

The source counts its tables once a day, at a known position of its log
(`shopflow_assets.sources.database.landed.source_counts`). Gold is compared as of this position, so later
changes do not matter, and the numbers must be equal. Where records in quarantine can explain the difference,
the check warns and does not block.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
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

SQL = Path(__file__).parent / "sql"
DESCRIPTION = (
    "The view has as many rows, and as much money, as the source counted on this day; a warning while the day"
    " is open. Without a verdict: the source was not counted, or gold lacks a day before."
)
Node = Mapping[str, Any]


def verdicts(
    domain: Domain, nodes: Collection[Node], days: Collection[date]
) -> Iterator[tuple[str, date, Verdict]]:
    """The verdict of each day that can be compared on each of these models of dbt, by the model's id."""
    if not nodes or not days:
        return
    landed = DatabaseDays(domain.name)
    counts = _comparable(domain, landed, days)
    newest = landed.newest()
    if not counts or newest is None:
        return
    emptied = _emptied(nodes, counts)
    rows = query(settings(), "\nunion all\n".join(_rows_of_counts(node, counts, emptied) for node in nodes))
    in_gold = {(row["table_name"], row["partition_date"]): (row["row_count"], row["amount"]) for row in rows}
    for node in nodes:
        table = _reconciliation_of(node)["source"]
        # A count from before a table was declared does not have it.
        for day, count in ((day, count) for day, count in counts.items() if table in count.tables):
            source = count.tables[table]
            number, amount = in_gold.get((table, day), (0, Decimal(0)))
            gold = Claim(rows=number, amount=None if source.amount is None else amount)
            refused = 0 if source == gold else _refused_rows(domain, node, count, emptied[table, day])
            is_open = day == newest.partition_date
            yield node["unique_id"], day, compare(source, gold, refused, is_open=is_open)


def compare(source: Claim, gold: Claim, refused: int, *, is_open: bool) -> Verdict:
    """The day's verdict on a table; `refused` are records in quarantine without a later good version."""
    metadata: dict[str, Any] = {"source_rows": source.rows, "gold_rows": gold.rows}
    if source.amount is not None:
        metadata |= {"source_amount": str(source.amount), "gold_amount": str(gold.amount)}
    if source == gold:
        return Verdict(True, f"gold has the {source.rows} rows that the source counted", metadata)
    wrong = []
    if source.rows != gold.rows:
        wrong.append(f"the source has {source.rows} rows, gold {gold.rows}")
    if source.amount != gold.amount:
        wrong.append(f"the source has {source.amount}, gold {gold.amount}")
    if refused:
        wrong.append(f"the newest version of {refused} rows is in quarantine (`shopflow quarantine`)")
    is_explained = abs(source.rows - gold.rows) <= refused > 0
    metadata |= {"refused_rows": refused}
    return Verdict(False, "; ".join(wrong), metadata, is_warning=is_open or is_explained)


def _comparable(domain: Domain, landed: DatabaseDays, days: Collection[date]) -> dict[date, SourceCount]:
    """The counts of these days that gold has all changes of, from the beginning of their epoch on."""
    source_counts = SourceCounts(domain.name)
    counts: dict[date, SourceCount] = {}
    needed: dict[date, Sequence[date]] = {}
    for day in days:
        landed_day, count = landed.day(day), source_counts.of(day)
        if landed_day and count and is_landed(count, landed_day):
            counts[day], needed[day] = count, _epoch(landed_day)
    if not counts:
        return {}
    in_gold = published(domain.name, sorted(set().union(*needed.values())))
    complete = {day for day, state in in_gold.items() if state.is_complete}
    return {day: count for day, count in counts.items() if complete.issuperset(needed[day])}


def _epoch(landed: DatabaseDay) -> Sequence[date]:
    """The days from the beginning of the landed day's epoch up to it."""
    first = landed.epoch_begins
    return [first + timedelta(days=n) for n in range((landed.partition_date - first).days + 1)]


def _emptied(nodes: Collection[Node], counts: Mapping[date, SourceCount]) -> dict[tuple[str, date], str]:
    """By table and day, the position at which the table was last emptied before the count; '' if never."""
    schema = next(iter(nodes))["schema"]
    positions: dict[str, list[str]] = {}
    for row in query(settings(), f"select table_name, position from gold.{schema}.int_truncations"):
        positions.setdefault(row["table_name"], []).append(row["position"])
    return {
        (table, day): max((p for p in positions.get(table, ()) if p < count.position), default="")
        for day, count in counts.items()
        for table in count.tables
    }


def _rows_of_counts(
    node: Node, counts: Mapping[date, SourceCount], emptied: Mapping[tuple[str, date], str]
) -> str:
    asked = _reconciliation_of(node)
    values = (
        f"(date '{day}', '{count.position}', '{emptied.get((asked['source'], day), '')}')"
        for day, count in counts.items()
    )
    return (
        (SQL / "counted_rows.sql")
        .read_text()
        .format(
            counts=", ".join(values),
            schema=node["schema"],
            source=asked["source"],
            versions=asked["versions"],
            amount=asked.get("amount", "decimal '0.00'"),
            key=", ".join(asked["key"]),
        )
    )


def _refused_rows(domain: Domain, node: Node, count: SourceCount, emptied_at: str) -> int:
    asked = _reconciliation_of(node)
    sql = (
        (SQL / "refused_rows.sql")
        .read_text()
        .format(
            domain=domain.name,
            schema=node["schema"],
            source=asked["source"],
            versions=asked["versions"],
            position=count.position,
            emptied_at=emptied_at,
            key_of_record=", ".join(f"json_extract_scalar(record, '$.{k}') as {k}" for k in asked["key"]),
            same_key=" and ".join(f"cast(version.{k} as varchar) = refused.{k}" for k in asked["key"]),
        )
    )
    [row] = query(settings(), sql)
    return row["refused_rows"]


def _reconciliation_of(node: Node) -> Mapping[str, Any]:
    return node["config"]["meta"]["reconciliation"]
