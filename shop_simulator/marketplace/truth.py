"""The truth about a day: the counts, cents and lines that the pipeline must arrive at.

It is written beside the data, for tests and people. Nothing in the pipeline reads it.
"""

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from shop_simulator.marketplace.record import Record
from shop_simulator.world import FIELDS


@dataclass(frozen=True)
class DayTruth:
    """The true figures of one export."""

    date: str
    files: dict[str, dict[str, Any]]
    records: int
    good_lines: int
    duplicate_lines: int
    quarantined_lines: int
    orders: int
    new_orders: int
    total_amount_cents: int
    duplicate_amount_cents: int
    defects: dict[str, int]
    planted: list[dict[str, Any]]


def day_truth(day: date, files: Mapping[str, bytes], records: Sequence[Record], new_orders: int) -> DayTruth:
    """Count the records of a day and add up their amounts."""
    good = [record for record in records if record.verdict == "good"]
    duplicates = [record for record in records if record.verdict == "duplicate"]
    bad = [record for record in records if record.verdict == "quarantined"]
    defects: dict[str, int] = {}
    for record in (*bad, *duplicates):
        defects[record.kind] = defects.get(record.kind, 0) + 1
    return DayTruth(
        date=day.isoformat(),
        files={
            name: {
                "sha256": hashlib.sha256(body).hexdigest(),
                "bytes": len(body),
                "records": sum(record.file == name for record in records),
            }
            for name, body in files.items()
        },
        records=len(records),
        good_lines=len(good),
        duplicate_lines=len(duplicates),
        quarantined_lines=len(bad),
        orders=len({record["order_id"] for record in good}),
        new_orders=new_orders,
        total_amount_cents=sum(record.cents("total_amount") for record in good),
        duplicate_amount_cents=sum(record.cents("total_amount") for record in duplicates),
        defects=dict(sorted(defects.items())),
        planted=[_planted(record) for record in bad],
    )


def _planted(record: Record) -> dict[str, Any]:
    """Describe a bad record: the key that the shop meant, and what was sent instead."""
    sent = (
        {"raw": record.raw}
        if record.raw is not None
        else {"sent": dict(zip(FIELDS, record.texts, strict=True))}
    )
    return {
        "kind": record.kind,
        "file": record.file,
        "order_id": record["order_id"],
        "product_id": record["product_id"],
        "reason": record.reason,
        **sent,
    }


def write_truth(folder: Path, truth: DayTruth, records: Sequence[Record]) -> None:
    """Write `<date>.json` and `<date>.lines.csv` (the good lines as silver must hold them; empty = null)."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(truth), indent=1, ensure_ascii=False)
    (folder / f"{truth.date}.json").write_text(text, encoding="utf-8")
    with (folder / f"{truth.date}.lines.csv").open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(FIELDS)
        writer.writerows(record.plain for record in records if record.verdict == "good")
