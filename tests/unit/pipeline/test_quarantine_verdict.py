"""A day is held back when too much of it was refused: too many records, or a whole file."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from spark_jobs.manifest import MergedRecords, Window
from tests.unit.pipeline.silver_days import landed_manifest, silver_day


@pytest.fixture
def quarantined_share(pipeline: Path):
    from shopflow_assets.checks.quarantine_verdict import quarantined_share

    return quarantined_share


def test_personal_values_are_in_no_example_of_refused_records(quarantined_share) -> None:
    reasons = ["email: not an e-mail address: 'ada at home'", "price: must be > 0: -5"]
    refused = [{"reasons": reasons, "record": '{"customer_name": "Ada"}', "source_file": "f"}]
    found = quarantined_share(silver_day(quarantine=refused), 0.05, 0)
    [example] = found.metadata["examples"].records
    assert example.data["reasons"] == (
        "email: not an e-mail address (not shown: personal data); price: must be > 0: -5"
    )
    assert "ada at home" not in str(found)


@pytest.mark.parametrize(
    ("limit", "passed", "is_warning"), [(0.5, False, True), (1 / 3, False, True), (0.3, False, False)]
)
def test_a_quarantined_share_warns_up_to_the_limit_and_blocks_above(
    quarantined_share, limit: float, passed: bool, is_warning: bool
) -> None:
    found = quarantined_share(silver_day(), limit, 0)
    assert (found.passed, found.is_warning) == (passed, is_warning)
    assert found.metadata["reasons"].records[0].data == {"reason": "price: not a decimal(10,2)", "records": 1}


@pytest.mark.parametrize(("limit", "is_warning"), [(0, False), (0.3, False), (1 / 3, True)])
def test_one_record_that_a_stray_quote_merged_holds_the_day_back_unless_a_setting_accepts_it(
    quarantined_share, limit: float, is_warning: bool
) -> None:
    manifest = landed_manifest()
    lost = MergedRecords(first_line=7, last_line=9, sha256="")
    manifest = manifest.model_copy(
        update={"files": (manifest.files[0].model_copy(update={"merged": (lost,)}),)}
    )
    found = quarantined_share(silver_day(manifest=manifest), 0.5, limit)
    assert (found.passed, found.is_warning) == (False, is_warning)
    assert "in s3://inbox/ecommerce/2026-02-01/orders.csv lines 7 to 9: mend the quotes" in found.description


@pytest.mark.parametrize(("limit", "is_warning"), [(0.5, False), (1, True)])
def test_a_file_of_which_every_record_was_refused_holds_the_day_back(
    quarantined_share, limit: float, is_warning: bool
) -> None:
    manifest = landed_manifest(records=30)
    [good] = manifest.files
    bad = good.model_copy(update={"name": "web-abc.csv", "source": "s3://inbox/web.csv", "records": 1})
    manifest = manifest.model_copy(update={"files": (good, bad)})
    refused = [{"reasons": ["price: required"], "record": "{}", "source_file": "web-abc.csv"}]
    found = quarantined_share(silver_day(manifest=manifest, quarantine=refused), limit, 0)
    assert (found.passed, found.is_warning) == (False, is_warning)
    assert found.description.endswith("Every record was refused of s3://inbox/web.csv")


def test_the_only_change_of_a_table_in_an_hour_is_no_lost_file(quarantined_share) -> None:
    manifest = landed_manifest(records=30)
    [many] = manifest.files
    one = many.model_copy(update={"name": "0001-c.jsonl", "source": "shop.orders 0001/C", "records": 1})
    day = Window(start=datetime(2026, 2, 1, tzinfo=UTC), end=datetime(2026, 2, 2, tzinfo=UTC))
    manifest = manifest.model_copy(update={"files": (many, one), "window": day})
    refused = [{"reasons": ["price: required"], "record": "{}", "source_file": "0001-c.jsonl"}]
    verdict = quarantined_share(silver_day(manifest=manifest, quarantine=refused), 0.05, 0)
    assert (verdict.passed, verdict.is_warning) == (False, True)
    assert "Every record" not in verdict.description


def test_a_day_without_refused_records_passes_without_a_warning(quarantined_share) -> None:
    assert quarantined_share(silver_day(quarantine=[]), 0.05, 0).passed
