"""Silver as the design's words say it must be, in DuckDB: where each received record of a table goes.

Shares no code with the pipeline. Of a contract it takes what is declared: columns with their types, spelling,
bounds and lists, the key, the group. The rules across columns are said again in `<domain>/<table>.sql`; a table
without such a file has none. So a new table is judged by being declared.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from spark_jobs.contracts.contract import Column, SilverContract, names, source_columns, table_rules
from spark_jobs.contracts.rules import Limits
from tests.oracle.received import Received

HERE = Path(__file__).parent
PARSING, RATIO, SILVER = (
    (HERE / f"{name}.sql").read_text() for name in ("parsing", "ratio", "silver")
)
SHOWN = 80
INTEGERS = {pl.Int32: "integer", pl.Int64: "bigint"}
# How DuckDB says that the words of a reason are followed by the text, as they stand in quarantine.
IN_QUOTES, BARE = "'''' || {text} || ''''", "{text}"


@dataclass(frozen=True)
class Verdict:
    """How many records of a day went one way, and how much readable money is in them."""

    rows: int
    amount: Any


def open_oracle(limits: Limits) -> duckdb.DuckDBPyConnection:
    """A database of its own that can judge tables."""
    database = duckdb.connect()
    database.execute(PARSING)
    database.execute(RATIO)
    database.execute(f"set variable first_partition = date '{limits.first_partition}'")
    database.execute(f"set variable max_order_age_days = {limits.max_order_age_days}")
    return database


def receive(
    database: duckdb.DuckDBPyConnection, contract: type[SilverContract], records: Iterable[Received]
) -> None:
    """Fill `<table>_received`: a text for each source column of a record, null where it gives none."""
    columns = names(source_columns(contract))
    rows = [
        (r.day, r.file, r.position, r.texts is None, r.record, *((r.texts or {}).get(c) for c in columns))
        for r in records
    ]
    about = {"_day": pl.Date, "_file": pl.String, "_position": pl.Int64, "_is_malformed": pl.Boolean}
    schema = {**about, "_record": pl.String, **dict.fromkeys(columns, pl.String)}
    received = pl.DataFrame(rows, schema=schema, orient="row")  # noqa: F841 (DuckDB finds it by its name)
    database.execute(f"create or replace table {_table(contract)}_received as select * from received")


def judge(database: duckdb.DuckDBPyConnection, contract: type[SilverContract]) -> None:
    """From `<table>_received` make `<table>_judged`, the view `<table>` of silver, and rows of `quarantine`."""
    table, rules, columns = _table(contract), table_rules(contract), source_columns(contract)
    texts = ", ".join(f'"{c.name}" := trimmed("{c.name}")' for c in columns)
    received = ", ".join(f'"{c.name}" := "{c.name}"' for c in columns)
    values = ", ".join(f'{_value(c)} as "{c.name}"' for c in columns)
    database.execute(f"""
        create or replace table {table}_typed as
        with said as (
            select row_number() over () as _record_id, _day as partition_date, _file, _position, _is_malformed,
                _record, struct_pack({received}) as _received, struct_pack({texts}) as _said
            from {table}_received
        )
        select *, {values} from said""")
    database.execute(f"create or replace table {table}_rules as {_rules(contract)}")
    of_rules = database.table(f"{table}_rules").columns[1:]
    reasons = [_reason(c) for c in columns] + [
        f"case when not rules.\"{name}\" then {_quoted(name)} end" for name in of_rules
    ]
    database.execute(
        SILVER.format(
            table=table,
            domain=rules.domain,
            reasons=", ".join(reasons),
            disagreements=", ".join(_disagreement(rules.group_key or "", name) for name in rules.agree_on),
            content=", ".join(f'"{c.name}" := "{c.name}"' for c in columns),
            key=", ".join(f'"{name}"' for name in rules.key),
            key_of_record=", ".join(f'judged_alone."{name}"' for name in rules.key),
            columns=", ".join(f'"{c.name}"' for c in columns),
        )
    )


def verdicts(
    database: duckdb.DuckDBPyConnection, contract: type[SilverContract]
) -> dict[tuple[date, str], Verdict]:
    """How many records went to silver, quarantine or were a duplicate, by day and by these three words."""
    amount = table_rules(contract).amount
    money = f'coalesce(sum(cast("{amount}" as decimal(38, 2))), 0)' if amount else "null"
    rows = database.execute(f"""
        select partition_date,
            case when _reasons <> [] then 'quarantined' when _is_duplicate then 'duplicate' else 'silver' end,
            count(*), {money}
        from {_table(contract)}_judged group by all""").fetchall()
    return {(day, went): Verdict(count, money) for day, went, count, money in rows}


def _table(contract: type[SilverContract]) -> str:
    return table_rules(contract).table


def _rules(contract: type[SilverContract]) -> str:
    rules = table_rules(contract)
    file = HERE / rules.domain / f"{rules.table}.sql"
    return file.read_text() if file.exists() else f"select _record_id from {rules.table}_typed"


def _value(column: Column) -> str:
    said, dtype = f'_said."{column.name}"', column.dtype
    if isinstance(dtype, pl.Decimal):
        whole, fraction = dtype.precision - dtype.scale, dtype.scale
        made = f"cast({said} as decimal({dtype.precision}, {fraction}))"
        return f"case when is_decimal({said}, {whole}, {fraction}) then {made} end"
    if dtype in INTEGERS:
        return f"case when is_integer({said}) then try_cast({said} as {INTEGERS[dtype]}) end"
    if dtype == pl.String:
        return said if column.spelling == "as_is" else f"{column.spelling}_of({said})"
    return f"{'date' if dtype == pl.Date else 'timestamp'}_of({said})"


def _reason(column: Column) -> str:
    """Why the column's text is refused, as an expression; null where it is not."""
    value, said = f'typed."{column.name}"', f'typed._said."{column.name}"'
    cases = []
    if column.dtype != pl.String:
        cases.append((f"{said} is not null and {value} is null", f"not {_kind(column.dtype)}: ", IN_QUOTES))
    if column.required:
        since = f" and typed.partition_date >= date '{column.since}'" if column.since else ""
        cases.append((f"{value} is null{since}", "required", ""))
    if column.allowed:
        listed = ", ".join(map(_quoted, column.allowed))
        cases.append((f"{value} not in ({listed})", f"not one of {', '.join(column.allowed)}: ", IN_QUOTES))
    if column.pattern:
        matches = f"regexp_matches({value}, {_quoted(column.pattern)})"
        cases.append((f"not {matches}", f"not {column.meaning}: ", IN_QUOTES))
    if column.above is not None:
        cases.append((f"{value} <= {_literal(column.above)}", f"must be > {column.above}: ", BARE))
    if column.at_least is not None:
        cases.append((f"{value} < {_literal(column.at_least)}", f"must be >= {column.at_least}: ", BARE))
    shown = f"left({said}, {SHOWN})"
    whens = (
        f"when {fails} then {_quoted(f'{column.name}: {words}')}" + (f" || {text.format(text=shown)}" if text else "")
        for fails, words, text in cases
    )
    return f"case {' '.join(whens)} end" if cases else "null"


def _disagreement(group_key: str, name: str) -> str:
    """The rows of a group give one value and no other; nothing says nothing."""
    words = f"lines of one {group_key.removesuffix('_id')} disagree on {name}"
    group = f'partition by partition_date, "{group_key}"'
    return f'case when count(distinct "{name}") over ({group}) > 1 then {_quoted(words)} end'


def _kind(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.Decimal):
        return f"a decimal({dtype.precision},{dtype.scale})"
    if dtype in INTEGERS:
        return "an integer"
    return "a date" if dtype == pl.Date else "a timestamp"


def _literal(bound: int | date) -> str:
    return f"date '{bound}'" if isinstance(bound, date) else str(bound)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
