"""The gate: decides by the newest verdicts of blocking checks which days may go on to the next layer.

It asks what Dagster has recorded, not what the run did, so the command, the UI, schedules and sensors have
one rule. A day is good when every blocking check of every table passed for the table's newest
materialization.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import starmap

import dagster as dg

from shopflow_assets.days.check_records import RecordedVerdict, recorded_verdicts
from shopflow_assets.days.materializations import Materialization, newest_materializations

# Checks of an attempt, not of rows: a failed one stops the day until a later attempt succeeds.
ATTEMPTS = frozenset({"landed", "made"})


def held_back(
    instance: dg.DagsterInstance, checks: Iterable[dg.AssetCheckKey], days: Collection[date]
) -> dict[date, str]:
    """The reasons why days are held back; good days are left out.

    Args:
        instance: whose records are read.
        checks: the blocking checks that a day must have passed.
        days: the days in question.
    """
    reasons: dict[date, dict[str, list[str]]] = {}
    not_made: set[date] = set()
    names = [day.isoformat() for day in sorted(days)]
    keys = sorted(set(checks))
    newest = {asset: newest_materializations(instance, asset, names) for asset in {k.asset_key for k in keys}}
    # Attempts come first: a table that was not landed or made needs no other check.
    for key in sorted(keys, key=lambda key: key.name not in ATTEMPTS):
        is_attempt, verdicts = key.name in ATTEMPTS, recorded_verdicts(instance, key, names)
        for day in sorted(days if is_attempt else set(days) - not_made):
            name = day.isoformat()
            reason = _reason(key, verdicts.get(name, []), newest[key.asset_key].get(name))
            if reason:
                table, why = reason
                reasons.setdefault(day, {}).setdefault(why, []).extend([table] if table else [])
                not_made |= {day} if is_attempt else set()
    return {day: "; ".join(starmap(_of_tables, of_day.items())) for day, of_day in reasons.items()}


def _of_tables(reason: str, tables: Sequence[str]) -> str:
    """The reason once, after the tables that it holds for."""
    return f"{', '.join(tables)}: {reason}" if tables else reason


def _reason(
    key: dg.AssetCheckKey, verdicts: Sequence[RecordedVerdict], newest: Materialization | None
) -> tuple[str, str] | None:
    """The table, unless the text names it, and why it holds its day back."""
    table = key.asset_key.to_user_string()
    if key.name in ATTEMPTS:
        # There is no verdict when the day was made before the check existed, or without its checks.
        last = next(iter(verdicts), None)
        is_outdated = last is None or (newest is not None and newest.storage_id > last.storage_id)
        return None if is_outdated else _failure(key, last)
    if newest is None:
        return "", f"{table} has no data of this day: run the day"
    for verdict in verdicts:
        if verdict.target == newest.storage_id:
            return _failure(key, verdict)
    run = newest.run_id[:8]
    return "", f"run {run} replaced {table}, not judged by {key.name} since: run the day's checks"


def _failure(key: dg.AssetCheckKey, verdict: RecordedVerdict) -> tuple[str, str] | None:
    if not verdict.holds_back:
        return None
    return key.asset_key.to_user_string(), f"{key.name}: {verdict.result.description}"
