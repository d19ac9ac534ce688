"""Random histories of a domain: deliveries, re-deliveries and the runs that follow them, in any order."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Protocol

from tests.harness.gold_lake import START, GoldLake
from tests.harness.gold_silver import Row

Delivery = dict[str, list[Row]]


class Source(Protocol):
    """Makes up the rows of a domain's silver, by table."""

    def delivery(self, day: date) -> Delivery:
        """A day that is delivered for the first time."""

    def redelivery(self, day: date, before: Delivery) -> Delivery:
        """The day again: some rows come; of files, some may go."""


@dataclass(frozen=True)
class Event:
    """A day of silver with its new rows, or, without rows, a run over some days.

    A run builds all incremental models, or, if it crashes, the `models` before the crash.
    """

    first: date
    last: date
    rows: Delivery | None = None
    models: Sequence[str] = ()


class History:
    """The events of one seed. In the end each day had a complete run since its last delivery."""

    def __init__(
        self,
        chance: random.Random,
        source: Source,
        stages: list[list[str]],
        *,
        days: int,
        steps: int,
        apart: int = 1,
    ) -> None:
        """Nothing is delivered yet. `stages` are the models in a run's order: it may crash between two.

        The days are so many days `apart`.
        """
        self._random, self._source, self._steps = chance, source, steps
        self._made_before_a_crash = [list(chain(*stages[:count])) for count in range(1, len(stages))]
        self.days = [START + timedelta(days=number * apart) for number in range(days)]
        self._silver: dict[date, Delivery] = {}
        self._waiting: set[date] = set()

    def events(self) -> Iterator[Event]:
        """Deliveries and runs as they happen."""
        for _ in range(self._steps):
            for day in self._random.sample(self.days, self._random.choice([1, 1, 2, 3])):
                yield self._deliver(day)
            yield self._run(self._random.choice([(), (), *self._made_before_a_crash]))
        while self._waiting:
            yield self._run()

    def _deliver(self, day: date) -> Event:
        before = self._silver.get(day)
        rows = self._source.redelivery(day, before) if before else self._source.delivery(day)
        self._silver[day] = rows
        self._waiting.add(day)
        return Event(day, day, rows)

    def _run(self, models: Sequence[str] = ()) -> Event:
        first = self._random.choice(sorted(self._waiting) or self.days)
        last = min(first + (self.days[1] - START) * self._random.choice([0, 0, 1, 3]), self.days[-1])
        if not models:
            self._waiting = {day for day in self._waiting if not first <= day <= last}
        return Event(first, last, models=models)


def live(lake: GoldLake, history: History) -> None:
    """Play the history in a lake without rows. Tables that a run replaces as a whole are built at the end.

    They, and views, do not depend on what was built before, so only the last build counts.
    """
    first = last = START
    for event in history.events():
        if event.rows is None:
            first, last = event.first, event.last
            lake.run(first, last, *(event.models or lake.materialized("incremental")))
        else:
            lake.deliver(event.first, **event.rows)
    lake.run(first, last, *lake.materialized("table"))
