"""Which days of a domain are complete in gold, and from what: `gold.quality.int_published_days`.

A row is appended before a run touches gold of a day, and one when the day is complete. So a day whose run was
killed in between reads as incomplete. Rows are only appended: domains can write at once without a conflict.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from more_itertools import batched

from shopflow_assets.gold.trino import query
from shopflow_assets.settings import settings

TABLE = "gold.quality.int_published_days"
# Days in a statement: Trino refuses texts of more than a million characters.
AT_ONCE = 200
# A reason may name fifty files. The checks keep the whole text.
LONGEST_REASON = 2_000


@dataclass(frozen=True)
class PublishedDay:
    """A day's state; `inputs` are hashes by silver table, `models_sha256` is that of the code."""

    is_complete: bool
    reason: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    models_sha256: str = ""

    def stale_inputs(self, inputs: Mapping[str, str]) -> set[str]:
        """The silver tables whose state is another one than that which gold of the day was made from."""
        return {table for table, made_from in inputs.items() if self.inputs.get(table) != made_from}


def published(domain: str, days: Sequence[date]) -> dict[date, PublishedDay]:
    """The newest state of each of these days that has one."""
    listed = ", ".join(f"date '{day}'" for day in days)
    rows = query(
        settings(),
        f"""
        select partition_date,
            max_by(row(is_complete, reason, inputs, models_sha256), recorded_at) as newest
        from {TABLE} where domain = '{domain}' and partition_date in ({listed})
        group by partition_date
        """,
    )
    return {row["partition_date"]: _state(*row["newest"]) for row in rows}


def record(domain: str, run_id: str, days: Mapping[date, PublishedDay]) -> None:
    """Append the states of days."""
    for some in batched(days.items(), AT_ONCE):
        rows = ",\n".join(_row(domain, run_id, day, state) for day, state in some)
        query(settings(), f"insert into {TABLE} values {rows}")


def _state(is_complete: bool, reason: str, inputs: Mapping | None, models_sha256: str) -> PublishedDay:
    return PublishedDay(is_complete, reason, inputs or {}, models_sha256)


def _row(domain: str, run_id: str, day: date, state: PublishedDay) -> str:
    names, hashes = (", ".join(map(_text, part)) for part in (state.inputs.keys(), state.inputs.values()))
    inputs = f"map(cast(array[{names}] as array(varchar)), cast(array[{hashes}] as array(varchar)))"
    values = [_text(domain), f"date '{day}'", str(state.is_complete).lower(), _text(state.reason), inputs]
    now = "cast(current_timestamp(6) at time zone 'UTC' as timestamp(6))"
    return f"({', '.join([*values, _text(state.models_sha256), _text(run_id), now])})"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
