"""What a planter of defects works on: the lines of one order that has no other defect that day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import TypeVar

from shop_simulator.marketplace.record import Record
from shop_simulator.marketplace.wording import STAMP_FORMS, stamp

Form = TypeVar("Form")


@dataclass
class Victim:
    """The lines of one order in one export; planters put further records into `added`.

    `turn` counts how often a kind has been planted since the opening, so that its forms take turns.
    """

    kind: str
    rng: Random
    day: date
    turn: int
    records: list[Record]
    added: list[Record]

    def form(self, forms: Sequence[Form]) -> Form:
        """Return the next form in turn."""
        return forms[self.turn % len(forms)]

    def spoil(self, reason: str, **texts: str | None) -> None:
        """Write bad texts into one line of the order."""
        self.line.condemn(self.kind, reason, **texts)

    @property
    def line(self) -> Record:
        """Return the line for defects of a single line."""
        return self.records[self.turn % len(self.records)]

    def add(self, record: Record) -> Record:
        """Put one more record into the export, and return it."""
        self.added.append(record)
        return record

    def restamp(self, moment: datetime) -> str:
        """Write a time in some form."""
        return stamp(moment, self.rng.randrange(STAMP_FORMS))
