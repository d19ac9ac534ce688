"""The verdict of the check `quarantined_share` on one day: how much of it was refused."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import dagster as dg

from shopflow_assets.checks.silver_verdicts import SilverDay
from shopflow_assets.verdict import Verdict
from spark_jobs.contracts.reasons import kind, without_personal
from spark_jobs.shown_text import shown

SHOWN = 10


def quarantined_share(silver: SilverDay, max_share: float, max_merged_share: float) -> Verdict:
    """How many records were refused, and why; `max_merged_share` is for those that a stray quote merged."""
    refused, records, merged = silver.quarantine.height, silver.manifest.records, silver.manifest.merged
    share = refused / records if records else 0.0
    metadata: dict[str, Any] = {
        "quarantined_rows": refused,
        "share": round(share, 6),
        "max_quarantined_share": max_share,
    }
    if not refused:
        return Verdict(True, "nothing was refused", metadata)
    counts = Counter(kind(reason) for reasons in silver.quarantine["reasons"] for reason in reasons)
    metadata["reasons"] = dg.MetadataValue.table(
        [dg.TableRecord({"reason": name, "records": n}) for name, n in counts.most_common()]
    )
    examples = silver.quarantine.sort("reasons", "record").head(SHOWN)
    # Without personal data, as Dagster keeps these after the records are erased.
    reasons = (
        "; ".join(without_personal(r, silver.table.contract) for r in row) for row in examples["reasons"]
    )
    metadata["examples"] = dg.MetadataValue.table(
        [
            dg.TableRecord({"reasons": why, "source_file": file})
            for why, file in zip(reasons, examples["source_file"], strict=True)
        ]
    )
    text = f"{refused} of {records} records ({share:.2%}) are in quarantine, the limit is {max_share:.2%}"
    is_warning = share <= max_share
    if lost := _lost_files(silver):
        # Losses come in files, which may be small beside the day: the share of such a file is 100 %.
        is_warning = is_warning and max_share >= 1
        text += f". Every record was refused of {_listed(lost)}"
    if merged:
        # Such a record hides others, so the number of refused records says little about what is lost.
        is_warning = is_warning and len(merged) / records <= max_merged_share
        text += f". {_merged(merged, max_merged_share)}"
        metadata |= {"merged_records": len(merged), "max_merged_share": max_merged_share}
    return Verdict(False, text, metadata, is_warning=is_warning)


def _lost_files(silver: SilverDay) -> list[str]:
    """The day's files of which every record was refused.

    A database has none: its objects are the changes of a table in an hour, and no change hides others.
    """
    if silver.manifest.window is not None:
        return []
    refused = Counter(silver.quarantine["source_file"])
    return [f.source for f in silver.manifest.files if f.records and refused[f.name] == f.records]


def _merged(places: Sequence[str], max_share: float) -> str:
    return (
        f"A stray quote made one record out of several in {_listed(places)}: mend the quotes and deliver"
        f" again. The limit for such records is {max_share:.2%} (SHOPFLOW_MAX_MERGED_SHARE)"
    )


def _listed(places: Sequence[str]) -> str:
    more = [f"{len(places) - SHOWN} more"] if len(places) > SHOWN else []
    return "; ".join([*map(shown, places[:SHOWN]), *more])
