"""The gate per day: which days may go on, by the newest verdicts of blocking checks.

One rule for the command, the UI, schedules and sensors, as it asks what Dagster has recorded and not what the
run did. A day is good when every blocking check of every table passed for the table's newest materialization.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

import dagster as dg
from dagster import AssetCheckEvaluation
from dagster._core.event_api import PartitionKeyFilter
from dagster._core.storage.asset_check_execution_record import (
    AssetCheckExecutionRecordStatus as Status,
)
from dagster._core.storage.asset_check_execution_record import AssetCheckPartitionInfo

from shopflow_assets.materializations import newest_materializations

# Verdicts on an attempt and not on rows: a failed one stops the day until a later attempt succeeds.
ATTEMPTS = frozenset({"landed", "made"})
# Runs of one day that may have judged it side by side.
RECENT = 10


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
    # What was not landed or made need not be judged.
    keys = sorted(checks, key=lambda key: (key.name not in ATTEMPTS, key))
    names = [day.isoformat() for day in sorted(days)]
    infos = instance.event_log_storage.get_asset_check_partition_info(keys, partition_keys=names)
    known = {(info.check_key, info.partition_key): info for info in infos}
    for day in sorted(days):
        for key in keys:
            if day in reasons and key.name not in ATTEMPTS:
                break
            reason = _reason(instance, key, day.isoformat(), known.get((key, day.isoformat())))
            if reason:
                reasons.setdefault(day, []).append(reason)
    return {day: "; ".join(dict.fromkeys(found)) for day, found in reasons.items()}


def newest_verdict(
    instance: dg.DagsterInstance, check: dg.AssetCheckKey, day: date
) -> AssetCheckEvaluation | None:
    """What a check said last of a day."""
    return next((found.said for found in _verdicts(instance, check, day.isoformat())), None)


def _reason(
    instance: dg.DagsterInstance, key: dg.AssetCheckKey, day: str, info: AssetCheckPartitionInfo | None
) -> str | None:
    is_attempt = key.name in ATTEMPTS
    table = key.asset_key.to_user_string()
    if info and info.latest_execution_status == Status.SUCCEEDED and (is_attempt or info.is_current):
        return None
    verdicts = _verdicts(instance, key, day)
    newest = newest_materializations(instance, key.asset_key, [day]).get(day)
    if is_attempt:
        # None at all: the day was carried before there was such a check, or with checks left out.
        last = next(iter(verdicts), None)
        is_over = last is None or (newest is not None and newest.timestamp > last.at)
        return None if is_over else _said(key, last.said)
    if newest is None:
        return f"{table} was never made of the day"
    for verdict in (each.said for each in verdicts):
        target = verdict.target_materialization_data
        if target and target.storage_id == newest.storage_id:
            return _said(key, verdict)
    return f"{table} was made anew by run {newest.run_id[:8]} and not judged by {key.name} since"


def _said(key: dg.AssetCheckKey, verdict: AssetCheckEvaluation) -> str | None:
    if verdict.passed or verdict.severity == dg.AssetCheckSeverity.WARN:
        return None
    return f"{key.asset_key.to_user_string()}: {key.name}: {verdict.description}"


@dataclass(frozen=True)
class _Verdict:
    said: AssetCheckEvaluation
    at: float


def _verdicts(instance: dg.DagsterInstance, key: dg.AssetCheckKey, day: str) -> list[_Verdict]:
    """The check's verdicts on a day, the newest first."""
    records = instance.event_log_storage.get_asset_check_execution_history(
        key,
        limit=RECENT,
        status={Status.SUCCEEDED, Status.FAILED},
        partition_filter=PartitionKeyFilter(key=day),
    )
    events = [record.event for record in records if record.event]
    # The order of the records is that in which runs planned the check.
    events.sort(key=lambda event: event.timestamp, reverse=True)
    said = ((event.get_dagster_event().event_specific_data, event.timestamp) for event in events)
    return [_Verdict(found, at) for found, at in said if isinstance(found, AssetCheckEvaluation)]
