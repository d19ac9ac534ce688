"""`make bench`: measures what runs cost on this machine, in seconds, CPU time, statements and memory.

Absolute times are noisy. Before and after a change, compare ratios within one run of this program. It works
in homes of its own, which it deletes at the end.
"""

import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from local_stack.home import Home
from tests.bench import added_tables
from tests.bench.marketplace import thirty_days, warm_day, week
from tests.bench.million_lines import million_lines
from tests.bench.shop import shop_days
from tests.bench.showing import console
from tests.harness.lakehouse import Lakehouse
from tests.harness.stack import Stack


class Section(StrEnum):
    """The parts of the bench."""

    WARM = "warm"
    THIRTY = "thirty"
    MILLION = "million"
    TABLES = "tables"
    SHOP = "shop"


# These run one after the other on one stack, after a week of days.
ON_THE_MARKETPLACE: dict[Section, Callable[[Lakehouse], None]] = {
    Section.WARM: warm_day,
    Section.THIRTY: thirty_days,
    Section.MILLION: million_lines,
}


def main(
    only: Annotated[
        list[Section] | None, typer.Option(help="Run this section only; can be given several times.")
    ] = None,
) -> None:
    """Run the sections and print a table for each."""
    asked = only or list(Section)
    with tempfile.TemporaryDirectory(prefix="shopflow-bench-") as name:
        folder = Path(name)
        if sections := [section for section in ON_THE_MARKETPLACE if section in asked]:
            with running(Stack(Home(folder / "home"))) as stack:
                lakehouse = Lakehouse(stack)
                week(lakehouse)
                for section in sections:
                    ON_THE_MARKETPLACE[section](lakehouse)
        if Section.SHOP in asked:
            with running(Stack(Home(folder / "shop"))) as stack:
                shop_days(stack)
        if Section.TABLES in asked:
            added_tables.lay_out(folder / "checkout")
            with running(Stack(Home(folder / "tables"), folder / "checkout")) as stack:
                added_tables.added_tables(stack)


@contextmanager
def running(stack: Stack) -> Generator[Stack]:
    """Start a stack; delete it at the end."""
    with console.status("starting the stack"):
        stack.shopflow("up")
    try:
        yield stack
    finally:
        stack.shopflow("reset", "--yes")


if __name__ == "__main__":
    typer.run(main)
