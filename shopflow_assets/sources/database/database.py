"""The source of a domain whose records are the rows of a PostgreSQL database, and their changes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from shopflow_assets.errors import ShopFlowError, SourceError
from shopflow_assets.sources.bronze import BronzeTable
from shopflow_assets.sources.database import slot
from shopflow_assets.sources.database.connection import connect
from shopflow_assets.sources.database.landed_day import DatabaseDay, DatabaseDays, TableOfDatabase
from shopflow_assets.sources.database.position import lsn
from shopflow_assets.sources.database.snapshot import begin_stream
from shopflow_assets.sources.database.source_state import SourceState, state_of_stream
from shopflow_assets.sources.database.stream import StreamLanding
from shopflow_assets.sources.source import Landing
from shopflow_assets.verdict import Verdict
from spark_jobs.contracts.table import Table
from spark_jobs.silver_table import SilverTable


@dataclass(frozen=True)
class Database:
    """Tables of one schema. `withheld` are columns by table that must never leave the server."""

    description: str
    schema: str
    withheld: Mapping[str, Collection[str]] = field(default_factory=dict)
    name: str = "postgres"
    kinds: frozenset[str] = frozenset({"postgres", "json"})

    @property
    def warnings(self) -> Mapping[str, str]:
        """What may be wrong with the source and stops nothing."""
        return {
            "columns": "The source sends no column that the contract does not have.",
            "lag": "The server can still keep as much log as it already keeps for the slot.",
        }

    def bronze(self, tables: Sequence[SilverTable]) -> Mapping[SilverTable, BronzeTable]:
        """The tables' parts of the database's manifests."""
        return TableOfDatabase.each(tables)

    def news(self, tables: Sequence[SilverTable], day: date) -> set[SilverTable]:
        """All tables, if the day is not behind what is landed: only a landing shows what changed."""
        days = DatabaseDays(tables[0].domain)
        landed = days.newest()
        is_behind = landed is not None and day < landed.partition_date and days.day(day) is not None
        return set() if is_behind else set(tables)

    def has_arrived(self, tables: Sequence[SilverTable], day: date) -> bool:
        """Whether the day is landed, or can be: a database has every day until now."""
        return True

    def land(
        self,
        tables: Sequence[SilverTable],
        wanted: Sequence[SilverTable],
        days: Sequence[date],
        landed_at: datetime,
    ) -> Iterator[tuple[date, Mapping[SilverTable, Landing]]]:
        """Land everything up to the last of the days, of all tables: a transaction is landed whole."""
        landing = _Landing(self, DatabaseDays(tables[0].domain), {t.rules.table: t for t in tables})
        problem = ""
        try:
            landing.advance(max(days), landed_at)
        except ShopFlowError as error:
            problem = str(error)
        bronze = self.bronze(wanted)
        for day in days:
            yield day, {t: landing.of(bronze[t], day, problem) for t in wanted}


@dataclass
class _Landing:
    """One landing, and what it learnt."""

    source: Database
    days: DatabaseDays
    tables: Mapping[str, Table]
    newest: DatabaseDay | None = None
    lag: Verdict = field(default_factory=lambda: Verdict(False, "the source was not read", is_warning=True))

    def advance(self, until: date, landed_at: datetime) -> None:
        self.newest = self.days.newest()
        if self.newest is not None and until < self.newest.partition_date:
            self.lag = Verdict(True, "the day is behind what is landed: the source was not read")
            return
        with connect() as sql:
            source = state_of_stream(sql, self.source.schema, self.tables, self.source.withheld)
            if self.newest is None:
                self.newest = begin_stream(sql, self.days, self.tables, source, landed_at)
            state = slot.usable_slot(sql, self.newest)
            self.newest = _with_schema(self.newest, source)
            self.lag = _lag(self.newest, state, landed_at)
            landing = StreamLanding(
                sql, self.days, self.newest, self.tables, self.source.schema, until, landed_at
            )
            try:
                landing.land(state)
            finally:
                self.newest = self.days.newest()

    def of(self, bronze: BronzeTable, day: date, problem: str) -> Landing:
        manifest = bronze.manifest(day)
        landed = self.days.day(day)
        unknown = (landed.unknown if landed else {}).get(bronze.table.rules.table, {})
        verdicts = {"columns": _columns(unknown), "lag": self.lag}
        is_over = self.newest is not None and day < self.newest.partition_date and landed is not None
        if is_over or (landed and not problem):
            return Landing(manifest, "", verdicts)
        return Landing(manifest, problem or self._not_lived(day), verdicts)

    def _not_lived(self, day: date) -> str:
        newest = self.newest
        if newest and newest.is_simulated and day > newest.partition_date:
            return (
                f"the simulated shop has not lived {day} yet: `shopflow simulate {day} {day}` lives it; or"
                " leave the shop out with `--domain`"
            )
        return f"the shop is landed from a later day on: {day} has nothing"


def _with_schema(landed: DatabaseDay, source: SourceState) -> DatabaseDay:
    """What is landed next is landed with the present schema.

    Raises:
        SourceError: a table has left the publication meanwhile, or is new in it.
    """
    for name, membership in source.membership.items():
        if landed.published.get(name) != membership:
            why = (
                "has left the publication and joined it again" if name in landed.published else "is new in it"
            )
            raise SourceError(
                f"{source.schema}.{name} {why}, so some of its changes are missing: {slot.AGAIN}."
            )
    return landed.model_copy(update={"unknown": source.unknown})


def _lag(landed: DatabaseDay, state: slot.SlotState, landed_at: datetime) -> Verdict:
    kept = max(0, state.flushed - lsn(landed.through))
    metadata: dict[str, float] = {"lag_bytes": kept}
    text = f"the log has {kept:,} bytes after what was landed"
    if not landed.is_simulated:
        metadata["lag_minutes"] = round((landed_at - landed.through_at).total_seconds() / 60, 1)
        text += f", {metadata['lag_minutes']} minutes ago"
    if state.bytes_left is None:
        return Verdict(True, text, metadata)
    metadata["bytes_until_the_slot_is_lost"] = state.bytes_left
    text += f"; the slot is lost after {state.bytes_left:,} more"
    return Verdict(state.bytes_left > kept, text, metadata, is_warning=True)


def _columns(unknown: Mapping[str, str]) -> Verdict:
    if not unknown:
        return Verdict(True, "every column of the source is in the contract")
    listed = ", ".join(f"{name} ({kind})" for name, kind in unknown.items())
    text = (
        f"the source has columns that the contract does not have: {listed}. They are in bronze; add them to"
    )
    return Verdict(False, f"{text} the contract with `since`", {"columns": listed}, is_warning=True)
