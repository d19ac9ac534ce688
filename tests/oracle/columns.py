"""What a contract declares of a column, as DuckDB expressions over the column's text `_said`."""

from datetime import date

import polars as pl

from spark_jobs.contracts.contract import Column

INTEGERS = ((pl.Int32, "integer"), (pl.Int64, "bigint"))


def value(column: Column) -> str:
    """The value of the text, null where it holds none."""
    said, dtype = f'_said."{column.name}"', column.dtype
    if isinstance(dtype, pl.Decimal):
        whole, fraction = dtype.precision - dtype.scale, dtype.scale
        made = f"cast({said} as decimal({dtype.precision}, {fraction}))"
        return f"case when is_decimal({said}, {whole}, {fraction}) then {made} end"
    for integer, target in INTEGERS:
        if dtype == integer:
            return f"case when is_integer({said}) then try_cast({said} as {target}) end"
    if dtype == pl.String:
        return said if column.spelling == "as_is" else f"{column.spelling}_of({said})"
    return f"{'date' if dtype == pl.Date else 'timestamp'}_of({said})"


def reason(column: Column) -> str:
    """Why the text is refused, null where it is not. Of several reasons of a column, the first."""
    found, said = f'typed."{column.name}"', f'typed._said."{column.name}"'
    # Each: when the text is refused, why, and how the text is shown behind the reason.
    refusals: list[tuple[str, str, str | None]] = []
    if column.dtype != pl.String:
        refusals += [(f"{said} is not null and {found} is null", f"not {_kind(column)}: ", "in_quotes")]
    if column.required:
        refusals += [(f"{found} is null{_is_due(column)}", "required", None)]
        if column.dtype == pl.String and not column.allowed:
            refusals += [(f"is_placeholder({found})", "a placeholder, not a value: ", "in_quotes")]
    if column.allowed:
        listed = ", ".join(map(quoted, column.allowed))
        words = f"not one of {', '.join(column.allowed)}: "
        refusals += [(f"{found} not in ({listed})", words, "in_quotes")]
    if column.pattern:
        matches = f"regexp_matches({found}, {quoted(column.pattern)})"
        refusals += [(f"not {matches}", f"not {column.meaning}: ", "in_quotes")]
    if column.above is not None:
        refusals += [(f"{found} <= {column.above}", f"must be > {column.above}: ", "shown")]
    if column.at_least is not None:
        least = f"date '{column.at_least}'" if isinstance(column.at_least, date) else column.at_least
        refusals += [(f"{found} < {least}", f"must be >= {column.at_least}: ", "shown")]
    whens = [
        f"when {refused} then {quoted(f'{column.name}: {words}')}" + (f" || {shown}({said})" if shown else "")
        for refused, words, shown in refusals
    ]
    return f"case {' '.join(whens)} end" if whens else "null"


def _is_due(column: Column) -> str:
    """When a required column must have a value, beside always."""
    since = f" and typed.partition_date >= date '{column.since}'" if column.since else ""
    if not column.required_for:
        return since
    listed = ", ".join(map(quoted, column.required_for))
    named = f"list_contains(string_split(typed._unchanged, ','), {quoted(column.name)})"
    # A deleted row has its key, so the key is sent with every row.
    is_sent = "" if "d" in column.required_for else f" and not coalesce({named}, false)"
    return f"{since} and typed._op in ({listed}){is_sent}"


def disagreement(group_key: str, name: str) -> str:
    """The reason against rows of a group with more than one value; null is not a value."""
    words = f"lines of one {group_key.removesuffix('_id')} disagree on {name}"
    group = f'partition by partition_date, "{group_key}"'
    return f'case when count(distinct "{name}") over ({group}) > 1 then {quoted(words)} end'


def quoted(text: str) -> str:
    """A text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def _kind(column: Column) -> str:
    dtype = column.dtype
    if isinstance(dtype, pl.Decimal):
        return f"a decimal({dtype.precision},{dtype.scale})"
    if any(dtype == integer for integer, _ in INTEGERS):
        return "an integer"
    timestamp = "a timestamp, YYYY-MM-DD HH:MM[:SS[.ffffff]][Z or ±HH[:MM]]"
    return "a date, YYYY-MM-DD" if dtype == pl.Date else timestamp
