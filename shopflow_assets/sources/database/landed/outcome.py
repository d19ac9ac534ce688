"""What both ways of landing have in common: their outcome, and what they refuse."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from shopflow_assets.errors import SourceError
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay, Mode
from shopflow_assets.sources.database.landed.own_slots import how_to_drop
from shopflow_assets.sources.database.server.column_types import added_again, retyped
from shopflow_assets.sources.database.server.source_schema import unknown_columns
from shopflow_assets.sources.database.server.source_state import SourceState
from shopflow_assets.verdict import Verdict
from spark_jobs.shown_text import shown
from spark_jobs.silver_table import SilverTable


@dataclass
class Outcome:
    """Why days are not landed (the others are), how far the landing was behind, and what it cannot see."""

    problems: dict[date, str] = field(default_factory=dict)
    lag: Verdict = field(default_factory=lambda: Verdict(False, "the source was not read", is_warning=True))
    unseen: Verdict = field(default_factory=lambda: Verdict(True, "the change stream has every change"))


def begin_again(domain: str) -> str:
    """What to do when changes are lost."""
    return f"`shopflow snapshot --domain {domain}` lands the present rows and goes on from there"


def check_mode(newest: DatabaseDay | None, mode: Mode) -> None:
    """Refuse to go on in another mode than before: the positions of the two do not compare."""
    if newest is not None and newest.mode != mode:
        text = (
            f"{newest.partition_date} was landed with SHOPFLOW_OLTP_MODE={newest.mode}, and now it is {mode}."
            f" Set the mode back; or {begin_again(newest.domain)} in the new mode."
        )
        if newest.mode == "stream":
            text += f" Then drop the replication slot, or the server keeps its log for it: {how_to_drop()}."
        raise SourceError(text)


def check_cluster(newest: DatabaseDay | None, cluster: str) -> None:
    """Refuse another server's data: neither log positions nor deleted rows of the two compare."""
    if newest is not None and newest.cluster != cluster:
        raise SourceError(
            f"Another database cluster answers ({cluster}, landed is {newest.cluster}). If it is the shop's:"
            f" {begin_again(newest.domain)}. If not, see SHOPFLOW_OLTP_URL."
        )


def check_columns(newest: DatabaseDay | None, schema: str, source: SourceState) -> None:
    """Refuse columns that may have other values than were landed, though no row was changed."""
    if newest is None:
        return
    others = retyped(schema, newest.columns, source.columns)
    others += added_again(schema, newest.numbers, source.numbers)
    if others:
        listed = "\n".join(others)
        raise SourceError(
            f"Columns are not those that were landed:\n{listed}\nTheir values may be others in all rows, and"
            f" no row says that it was changed: {begin_again(newest.domain)}."
        )


def why_not_landed(day: date, begins: date, *, is_simulated: bool) -> str:
    """Why nothing is landed of a day, when nothing went wrong and landing begins on a certain day."""
    leave_out = "leave the day out with `--skip-missing`, or the shop with `--domain`"
    if day < begins:
        return f"the shop is landed from a later day on, so {day} has nothing: {leave_out}"
    if not is_simulated:
        return f"{day} has not begun (UTC): run it when it has; or {leave_out}"
    live = f"`shopflow simulate {day} {day}` lives it"
    return f"the simulated shop has not lived {day} yet: {live}; or {leave_out}"


def unknown_columns_verdict(table: SilverTable, read: Mapping[str, str]) -> Verdict:
    """Whether the contract has every column that is read of the table."""
    unknown = unknown_columns(table, read)
    if not unknown:
        return Verdict(True, "every column of the source is in the contract")
    listed = ", ".join(f"{shown(name)} ({kind})" for name, kind in unknown.items())
    text = (
        f"the contract does not have these columns of the source: {listed}. Bronze has them; silver gets them"
        " when the contract has them, with `since`. Rows that have not changed since a column was added come"
        f" with it when `shopflow snapshot --domain {table.domain}` lands them"
    )
    return Verdict(False, text, {"columns": listed}, is_warning=True)
