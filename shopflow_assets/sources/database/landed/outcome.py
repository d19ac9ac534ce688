"""What both ways of landing have in common: their outcome, and what they refuse."""

from dataclasses import dataclass, field
from datetime import date

from shopflow_assets.errors import SourceError
from shopflow_assets.sources.database.landed.landed_day import DatabaseDay, Mode
from shopflow_assets.verdict import Verdict


@dataclass
class Outcome:
    """Why days are not landed (the others are), and how far the landing was behind."""

    problems: dict[date, str] = field(default_factory=dict)
    lag: Verdict = field(default_factory=lambda: Verdict(False, "the source was not read", is_warning=True))


def check_mode(newest: DatabaseDay | None, mode: Mode) -> None:
    """Refuse to go on in another mode than before: the positions of the two do not compare."""
    if newest is not None and newest.mode != mode:
        raise SourceError(
            f"{newest.partition_date} was landed with SHOPFLOW_OLTP_MODE={newest.mode}, and now it is {mode}."
            f" `shopflow snapshot --domain {newest.domain}` lands the present rows and goes on from there in"
            " the new mode; or set the mode back."
        )


def check_cluster(newest: DatabaseDay | None, cluster: str) -> None:
    """Refuse another server's data: neither log positions nor deleted rows of the two compare."""
    if newest is not None and newest.cluster != cluster:
        raise SourceError(
            f"Another database cluster answers ({cluster}, landed is {newest.cluster}):"
            f" `shopflow snapshot --domain {newest.domain}` lands its present rows and begins again."
        )


def not_lived(day: date) -> str:
    """A simulated shop can be asked for days that it has not lived."""
    return (
        f"the simulated shop has not lived {day} yet: `shopflow simulate {day} {day}` lives it; or leave the"
        " shop out with `--domain`"
    )
