"""A day of silver that is in order, and the same day with a defect."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from spark_jobs.contracts.contract import columns
from spark_jobs.contracts.ecommerce.order_lines import OrderLines
from spark_jobs.manifest import LandedFile, Manifest
from tests.unit.contracts.test_contract import GOOD, SCHEMA

DAY = date(2026, 2, 1)


def landed_manifest(records: int = 3, amount: str = "55.00") -> Manifest:
    file = LandedFile(
        name="orders-abc.csv",
        source="s3://inbox/ecommerce/2026-02-01/orders.csv",
        bytes=100,
        sha256="abc",
        columns=tuple(c.name for c in columns(OrderLines)),
        records=records,
        malformed=0,
        characters={},
        amount=Decimal(amount),
        landed_at=datetime(2026, 2, 2, 6, tzinfo=UTC),
    )
    return Manifest(domain="ecommerce", table="order_lines", partition_date=DAY, prefix="", files=(file,))


def silver_day(**changes: Any):
    """Three records: one in silver, one duplicate of it, one in quarantine for 5.00."""
    from shopflow_assets.checks.silver_verdicts import SilverDay

    manifest = changes.get("manifest", landed_manifest())
    ledger = {
        "bronze_rows": 3,
        "silver_rows": 1,
        "duplicate_rows": 1,
        "superseded_rows": 0,
        "quarantined_rows": 1,
        "duplicate_amount": Decimal("25.00"),
        "quarantined_amount": Decimal("5.00"),
        "manifest_sha256": manifest.sha256,
        "silver_version": 4,
    } | changes.get("ledger", {})
    rows = pl.DataFrame(changes.get("rows", [GOOD]), schema=SCHEMA)
    refused = [{"reasons": ["price: not a decimal(10,2): 'x'"], "record": "{}", "source_file": "f"}]
    schema = {"reasons": pl.List(pl.String), "record": pl.String, "source_file": pl.String}
    quarantine = pl.DataFrame(changes.get("quarantine", refused), schema=schema)
    version = changes.get("version", 4)
    return SilverDay(OrderLines, DAY, manifest, rows, quarantine, ledger, version)
