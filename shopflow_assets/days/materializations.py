"""The newest materialization of each day of an asset, as Dagster recorded it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import dagster as dg


@dataclass(frozen=True)
class Materialization:
    """The newest materialization of one day; `metadata` holds plain values."""

    storage_id: int
    run_id: str
    timestamp: float
    metadata: Mapping[str, Any]


def newest_materializations(
    instance: dg.DagsterInstance, asset: dg.AssetKey, days: Iterable[str]
) -> dict[str, Materialization]:
    """The newest materialization of each day that has one."""
    by_day: dict[str, Materialization] = {}
    while missing := sorted(set(days) - set(by_day)):
        wanted = dg.AssetRecordsFilter(asset_key=asset, asset_partitions=missing)
        records = instance.fetch_materializations(wanted, limit=len(missing)).records
        if not records:
            break
        for record in records:
            metadata = record.asset_materialization.metadata if record.asset_materialization else {}
            newest = Materialization(
                storage_id=record.storage_id,
                run_id=record.event_log_entry.run_id,
                timestamp=record.timestamp,
                metadata={name: value.value for name, value in metadata.items()},
            )
            by_day.setdefault(str(record.partition_key), newest)
    return by_day
