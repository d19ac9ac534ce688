"""Records as an unknown sender may write them, drawn by hypothesis; most of them are good."""

from datetime import timedelta

import polars as pl
from hypothesis import strategies as st

from spark_jobs.contracts.contract import Column, SilverContract, source_columns, table_rules
from spark_jobs.contracts.versions import VersionContract
from tests.generators.cases import cases_of
from tests.generators.records import (
    NOON,
    Record,
    broken_sets,
    good_record,
    good_sets,
    reworded,
    text_of,
)
from tests.generators.rule_table import linked
from tests.generators.version_lines import drawn_version

# Pieces of free text: other scripts, blanks of all kinds, and characters that readers take for syntax.
PIECES = (
    *("a", "é", "ß", "😀", "\u0663", "\u00a0", "\u2028", "\u0085", "\ufeff", "\0", "\x1f", "\\"),
    *('"', '""', "'", ",", ";", "{", "}", ":", '{"city": 1, ', "\n", "\r\n", "\r", "\t", " ", "#"),
    *("null", "\\u0041", "\\n"),
)
TEXT = st.lists(st.sampled_from(PIECES), max_size=5).map("".join)


def drawn_records(contract: type[SilverContract]) -> st.SearchStrategy[list[Record]]:
    """The records of a file, few or many; some are in it twice."""
    one = _drawn_record(contract)
    some = st.lists(one, max_size=2) | st.lists(one, min_size=8, max_size=20)
    return some.flatmap(
        lambda records: (
            st.lists(st.sampled_from(records), max_size=3).map(records.__add__) if records else st.just([])
        )
    )


def clashes(contract: type[SilverContract]) -> list[Record]:
    """Records of a few keys: copies written differently, two that conflict, a group that disagrees."""
    first = good_record(contract, 50)
    records = [first, {c.name: reworded(c, first[c.name]) for c in source_columns(contract)}]
    for number, change in enumerate(_changes(contract), 51):
        one = good_record(contract, number)
        records += [one, one | change]
    if said := _group_change(contract):
        records += [good_record(contract, 60), good_record(contract, 60, 2) | said]
    return records


@st.composite
def _drawn_record(draw: st.DrawFn, contract: type[SilverContract]) -> Record:
    columns = source_columns(contract)
    texts = good_record(contract, draw(st.integers(1, 12)), draw(st.integers(1, 3)))
    if sets := good_sets(contract):
        texts |= draw(st.sampled_from(sets * 3 + broken_sets(contract)))
    if draw(st.booleans()):
        case = draw(st.sampled_from(cases_of(draw(st.sampled_from(columns)))))
        texts[case.column] = case.text or ""
    # Many records share a key with another one; this change makes such records disagree or conflict.
    if draw(st.integers(0, 7)) == 0:
        texts |= draw(st.sampled_from([*_changes(contract), _group_change(contract)]))
    if draw(st.integers(0, 3)) == 0:
        column = draw(st.sampled_from(columns))
        texts[column.name] = reworded(column, texts[column.name])
    if (free := _free_text(contract)) and draw(st.integers(0, 3)) == 0:
        texts[free.name] = draw(TEXT)
    if issubclass(contract, VersionContract) and draw(st.booleans()):
        return draw(drawn_version(contract, texts))
    return texts


def _changes(contract: type[SilverContract]) -> list[Record]:
    """Changes that leave a record good but make it conflict with its original."""
    in_rules = {column.name for some in linked(contract) for column in some.columns}
    changes = [{c.name: c.allowed[-1]} for c in _alone(contract) if c.allowed][:1]
    moments = (c for c in _alone(contract) if isinstance(c.dtype, pl.Datetime) and c.name not in in_rules)
    changes += [{c.name: text_of(NOON + timedelta(hours=1))} for c in moments]
    texts = [c.name for c in _alone(contract) if _is_free(c)]
    changes += [{name: "x"} for name in texts[:1]]
    texts = [c.name for c in _alone(contract) if _is_free(c) and not c.required]
    if len(texts) > 1:
        # A hash that skips nulls would take these for copies.
        one, next_one = texts[-2:]
        changes += [{one: "x", next_one: ""}, {one: "", next_one: "x"}]
    return changes


def _group_change(contract: type[SilverContract]) -> Record:
    """A change of a column on which the records of a group must agree."""
    agreed = (c for c in source_columns(contract) if c.name in table_rules(contract).agree_on)
    return next(({c.name: c.allowed[-1]} for c in agreed if c.allowed), {})


def _free_text(contract: type[SilverContract]) -> Column | None:
    """A column that takes any text."""
    return next((column for column in _alone(contract) if _is_free(column)), None)


def _alone(contract: type[SilverContract]) -> list[Column]:
    """The columns that are not in the key and on which a group need not agree."""
    rules = table_rules(contract)
    return [c for c in source_columns(contract) if c.name not in {*rules.key, *rules.agree_on}]


def _is_free(column: Column) -> bool:
    takes_any = not (column.allowed or column.pattern)
    return column.dtype == pl.String and column.spelling == "as_is" and takes_any
