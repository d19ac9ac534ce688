"""The gate per day: which days may go on, by the newest verdicts of blocking checks.

One rule for the command, the UI, schedules and sensors, as it asks what Dagster has recorded and not what the
run did. A day is good when every blocking check of every table passed for the table's newest materialization.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

import dagster as dg

from shopflow_assets.days.check_records import RecordedVerdict, recorded_verdicts
from shopflow_assets.days.materializations import Materialization, newest_materializations

# Verdicts on an attempt and not on rows: a failed one stops the day until a later attempt succeeds.
ATTEMPTS = frozenset({"landed", "made"})


def held_back(
    instance: dg.DagsterInstance, checks: Iterable[dg.AssetCheckKey], days: Collection[date]
) -> dict[date, str]:
    """Why days may not go on; a day that may is missing.

    Args:
        instance: Dagster's records.
        checks: the blocking checks that a day must have passed.
        days: the days in question.
    """
    reasons: dict[date, list[str]] = {}
    not_made: set[date] = set()
    names = [day.isoformat() for day in sorted(days)]
    keys = sorted(set(checks))
    newest = {asset: newest_materializations(instance, asset, names) for asset in {k.asset_key for k in keys}}
    # What was not landed or made need not be judged.
    for key in sorted(keys, key=lambda key: key.name not in ATTEMPTS):
        is_attempt, verdicts = key.name in ATTEMPTS, recorded_verdicts(instance, key, names)
        for day in sorted(days if is_attempt else set(days) - not_made):
            name = day.isoformat()
            reason = _reason(key, verdicts.get(name, []), newest[key.asset_key].get(name))
            if reason:
                reasons.setdefault(day, []).append(reason)
                not_made |= {day} if is_attempt else set()
    return {day: "; ".join(dict.fromkeys(found)) for day, found in reasons.items()}


def _reason(
    key: dg.AssetCheckKey, verdicts: Sequence[RecordedVerdict], newest: Materialization | None
) -> str | None:
    table = key.asset_key.to_user_string()
    if key.name in ATTEMPTS:
        # None at all: the day was carried before there was such a check, or with checks left out.
        last = next(iter(verdicts), None)
        is_over = last is None or (newest is not None and newest.storage_id > last.storage_id)
        return None if is_over else _said(key, last)
    if newest is None:
        return f"{table} was never made of the day"
    for verdict in verdicts:
        if verdict.target == newest.storage_id:
            return _said(key, verdict)
    return f"{table} was made anew by run {newest.run_id[:8]} and not judged by {key.name} since"


def _said(key: dg.AssetCheckKey, verdict: RecordedVerdict) -> str | None:
    if not verdict.holds_back:
        return None
    return f"{key.asset_key.to_user_string()}: {key.name}: {verdict.said.description}"
