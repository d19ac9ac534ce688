"""Compares two versions of a table by key, in Trino: rows and amounts before and after, changed rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from local_stack.home import Home
from shopflow_cli.query import column_types, fetch

CENTS = re.compile(r"decimal\(\d+, ?2\)")
# Trino joins in memory, so the keys of larger tables are compared in several parts.
ROWS_AT_ONCE = 500_000
COUNT = """
select greatest((select count(*) from {old} where {where}), (select count(*) from {new} where {where}))"""
COMPARE = """
with old as ({old}), new as ({new})
select count(old.is_there), count(new.is_there),
       count_if(old.is_there is null), count_if(new.is_there is null),
       count_if(old.is_there and new.is_there and old.content is distinct from new.content){sums}
from old full outer join new on {same_key}"""


@dataclass(frozen=True)
class TableDiff:
    """What changed in the rows that `where` selects; `amounts` before and after, by money column."""

    where: str
    rows_before: int
    rows_after: int
    added: int
    removed: int
    changed: int
    amounts: dict[str, tuple[Decimal, Decimal]]

    @property
    def is_empty(self) -> bool:
        """Whether both versions hold the same rows."""
        return not (self.added or self.removed or self.changed)


def compare(
    home: Home,
    old: str,
    new: str,
    where: str,
    key: Sequence[str],
    money: Sequence[str] | None,
    ignored: Sequence[str],
) -> TableDiff:
    """Compare two versions of a table.

    Args:
        home: the stack to ask.
        old: the version before, as a relation.
        new: the version after.
        where: selects the rows to compare; a predicate on partition columns.
        key: columns that identify a row. Without a key, equal rows are counted: a changed row counts as one
            removed and one added.
        money: columns to add up; None means every decimal column with two digits after the point.
        ignored: columns that are not compared.

    Raises:
        QueryError: Trino can no longer read a version.
    """
    types, before = column_types(home, new), column_types(home, old)
    # A table may have been rebuilt with other columns: only those of both versions are compared.
    columns = [name for name in types if name in before and name not in ignored]
    amounts = [name for name in columns if CENTS.fullmatch(types[name])] if money is None else list(money)
    [[rows]] = fetch(home, COUNT.format(old=old, new=new, where=where))
    parts = 1 + rows // ROWS_AT_ONCE
    results = []
    for part in range(parts):
        selected = where if parts == 1 else f"({where}) and mod({_spread(columns, key)}, {parts}) = {part}"
        statement = COMPARE.format(
            old=_select(old, selected, columns, key, amounts),
            new=_select(new, selected, columns, key, amounts),
            sums="".join(_sums(n) for n in range(len(amounts))),
            same_key=" and ".join(f"old.key_{n} = new.key_{n}" for n in range(len(key) or 2)),
        )
        results += fetch(home, statement)
    (rows_before, rows_after, added, removed, changed), sums = _totals(results)
    pairs = zip(sums[::2], sums[1::2], strict=True)
    by_column = dict(zip(amounts, pairs, strict=True))
    return TableDiff(where, rows_before, rows_after, added, removed, changed, by_column)


def _select(
    relation: str, where: str, columns: Sequence[str], key: Sequence[str], money: Sequence[str]
) -> str:
    digest = _digest(columns)
    # Equal rows get a number each, so that they are counted.
    keys = _quoted(key) or [digest, f"row_number() over (partition by {digest})"]
    named = [f"{text} as key_{n}" for n, text in enumerate(keys)]
    added_up = [f"{name} as money_{n}" for n, name in enumerate(_quoted(money))]
    selected = ", ".join(["true as is_there", f"{_row(columns)} as content", *named, *added_up])
    return f"select {selected} from {relation} where {where}"


def _quoted(names: Sequence[str]) -> list[str]:
    return [f'"{name}"' for name in names]


def _row(columns: Sequence[str]) -> str:
    return f"row({', '.join(_quoted(columns))})"


def _digest(columns: Sequence[str]) -> str:
    return f"xxhash64(to_utf8(json_format(cast({_row(columns)} as json))))"


def _spread(columns: Sequence[str], key: Sequence[str]) -> str:
    """Return SQL for a number that distributes keys over the parts; without a key it distributes rows."""
    texts = ", ".join(f"cast({name} as varchar)" for name in _quoted(key))
    return f"crc32(to_utf8(concat_ws(',', {texts})))" if key else f"crc32({_digest(columns)})"


def _totals(rows: Sequence[Sequence[Any]]) -> tuple[list[int], list[Decimal]]:
    """Add up the parts: the five counts, and the sums of amounts."""
    totals = [sum(map(Decimal, column), Decimal()) for column in zip(*rows, strict=True)]
    return [int(count) for count in totals[:5]], totals[5:]


def _sums(number: int) -> str:
    return "".join(
        f", cast(coalesce(sum({side}.money_{number}), 0) as decimal(38, 2))" for side in ("old", "new")
    )


def as_json(diff: TableDiff) -> dict[str, Any]:
    """Return the fields by name. Amounts are strings, because JSON readers turn numbers into floats."""
    amounts = {
        name: {"before": str(before), "after": str(after), "difference": str(after - before)}
        for name, (before, after) in diff.amounts.items()
    }
    plain = ("where", "rows_before", "rows_after", "added", "removed", "changed")
    return {name: getattr(diff, name) for name in plain} | {"amounts": amounts}
