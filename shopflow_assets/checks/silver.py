"""The blocking checks of a silver table, made from its contract: what stops a bad day before gold."""

from collections.abc import Iterator, Sequence
from datetime import date

import dagster as dg
from more_itertools import constrained_batches
from pydantic import Field

from shopflow_assets.checks import silver_verdicts as verdicts
from shopflow_assets.checks.per_day import Verdict, daily_specs, log_judged
from shopflow_assets.partitions import run_days
from shopflow_assets.settings import settings
from shopflow_assets.silver_reader import SilverReader
from shopflow_assets.sources.files.landing import Feed
from spark_jobs.contracts.contract import SilverContract

DESCRIPTIONS = {
    "contract": "Every row of the day meets the table's contract, judged by Pandera independently of Spark.",
    "row_ledger": "Every record of the day's files is in silver, a removed duplicate, superseded or refused.",
    "quarantined_share": "Few of the day's records were refused: warns above 0, blocks above the limit.",
    "reconciliation": "The money in the day's files is in silver, duplicates and quarantine, to the cent.",
}

# Pandera's call costs more than the rows of a day do, and their memory bounds how many days share one.
ROWS_AT_ONCE = 200_000


class QuarantineLimit(dg.Config):
    """What a run may change about the checks."""

    max_quarantined_share: float | None = Field(
        default=None,
        description="Share of refused records (0 to 1) above which this run holds a day back.",
    )


def silver_checks(asset: dg.AssetKey, contract: type[SilverContract]) -> dg.AssetChecksDefinition:
    """The four checks of a silver table, one result per day of the run; one op, so each day is read once."""
    specs = daily_specs(asset, DESCRIPTIONS, blocking=True)

    @dg.multi_asset_check(name=f"{'__'.join(asset.path)}__checks", specs=specs, can_subset=True)
    def checks(context: dg.AssetCheckExecutionContext, config: QuarantineLimit) -> Iterator:
        limit = config.max_quarantined_share
        share = settings().max_quarantined_share if limit is None else limit
        feed, reader = Feed.of(contract), SilverReader(settings(), contract)
        days = (verdicts.SilverDay.read(reader, feed, day) for day in run_days(context))
        judged: dict[date, dict[str, Verdict]] = {}
        for batch in constrained_batches(
            days, ROWS_AT_ONCE, get_len=lambda silver: silver.rows.height, strict=False
        ):
            judged |= _judge(batch, float(share))
        yield from log_judged(context, judged)

    return checks


def _judge(batch: Sequence[verdicts.SilverDay], max_share: float) -> dict[date, dict[str, Verdict]]:
    of_contract = verdicts.contract(batch, settings().limits)
    return {
        silver.day: {
            "contract": of_contract[silver.day],
            "row_ledger": verdicts.row_ledger(silver),
            "quarantined_share": verdicts.quarantined_share(silver, max_share),
            "reconciliation": verdicts.reconciliation(silver),
        }
        for silver in batch
    }
