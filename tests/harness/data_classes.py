"""Whether the data classes of gold fit what its columns are made from."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from shopflow_assets.gold.dbt.data_classes import Classified

STRICTNESS = ["public", "token", "personal"]
# What nothing is known of may be anything.
UNKNOWN = Classified("personal")


@dataclass(frozen=True)
class ColumnGraph:
    """What is declared of all columns, and which columns each column of gold is made from directly."""

    declared: Mapping[str, Classified]
    made_from: Mapping[str, Set[str]]

    def misfits(self) -> list[str]:
        """One sentence for each column that is laxer than what it is made from, and gives no reason.

        A column that gives a reason and is not laxer is a misfit too: what its reason was for is gone, and it
        would excuse what comes later.
        """
        return [sentence for column in self.made_from for sentence in self._misfit(column)]

    def _misfit(self, column: str) -> Iterator[str]:
        own, origin = self._of(column), self._strictest_origin(column)
        is_laxer = origin is not None and self._strictness(column) < self._strictness(origin)
        if is_laxer and not own.declassified:
            yield (
                f"{self._path(column)}: {column} is laxer than what it is made from. Declare it"
                f" {self._of(origin).data_class}, or say under `declassified` why it tells less."
            )
        if own.declassified and not is_laxer:
            yield f"{column}: remove `declassified`: it is made from nothing stricter than {own.data_class}"

    def _path(self, column: str) -> str:
        """The way of the strictest class to a column, from where it comes."""
        steps = [column]
        while origin := self._strictest_origin(steps[0], beside=steps):
            if len(steps) > 1 and self._strictness(origin) < self._strictness(steps[0]):
                break
            steps.insert(0, origin)
        return " -> ".join(f"{step} ({self._of(step).data_class})" for step in steps)

    def _strictest_origin(self, column: str, beside: list[str] | None = None) -> str | None:
        # A keyed table is made from itself too: what it holds stays, unless silver has something newer.
        origins = self.made_from.get(column, set()) - {column, *(beside or [])}
        return max(origins, key=lambda origin: (self._strictness(origin), origin), default=None)

    def _of(self, column: str) -> Classified:
        return self.declared.get(column, UNKNOWN)

    def _strictness(self, column: str) -> int:
        return STRICTNESS.index(self._of(column).data_class)
