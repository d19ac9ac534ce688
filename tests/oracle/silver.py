"""Silver as the design says it must be, in DuckDB: where each received record of a table goes.

It shares no code with the pipeline. From a contract it takes what is declared: columns with their types,
spelling, bounds and lists, the key, the group. The rules across columns stand again in
`<domain>/<table>.sql`; a table without such a file has none. So a new table is judged once it is declared.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl

from spark_jobs.contracts.contract import SilverContract, names, source_columns, table_rules
from spark_jobs.contracts.rules import Limits
from tests.oracle.columns import disagreement, quoted, reason, value
from tests.oracle.received import Received

HERE = Path(__file__).parent
PARSING, RATIO, SILVER = ((HERE / f"{name}.sql").read_text() for name in ("parsing", "ratio", "silver"))


@dataclass(frozen=True)
class Verdict:
    """How many records of a day went one way, and the sum of their readable money."""

    rows: int
    amount: Decimal | None


def open_oracle(limits: Limits) -> duckdb.DuckDBPyConnection:
    """A new database that can judge tables."""
    database = duckdb.connect()
    database.execute(PARSING)
    database.execute(RATIO)
    database.execute(f"set variable first_partition = date '{limits.first_partition}'")
    return database


def receive(
    database: duckdb.DuckDBPyConnection, contract: type[SilverContract], records: Iterable[Received]
) -> None:
    """Fill `<table>_received`: a text for each source column of a record, null where it has none."""
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
    """From `<table>_received` make `<table>_judged`, silver as the view `<table>`, and `quarantine`."""
    table, rules, columns = _table(contract), table_rules(contract), source_columns(contract)
    texts = ", ".join(f'"{c.name}" := clean("{c.name}")' for c in columns)
    received = ", ".join(f'"{c.name}" := "{c.name}"' for c in columns)
    values = ", ".join(f'{value(c)} as "{c.name}"' for c in columns)
    database.execute(f"""
        create or replace table {table}_typed as
        with said as materialized (
            select row_number() over () as _record_id, _day as partition_date, _file, _position,
                _is_malformed, _record, struct_pack({received}) as _received, struct_pack({texts}) as _said
            from {table}_received
        )
        select *, {values} from said""")
    database.execute(f"set variable max_age_days = {rules.max_age_days or 'null'}")
    database.execute(f"create or replace table {table}_rules as {_rules(contract)}")
    of_rules = database.table(f"{table}_rules").columns[1:]
    reasons = [reason(c) for c in columns] + [
        f'case when not rules."{name}" then {quoted(name)} end' for name in of_rules
    ]
    database.execute(
        SILVER.format(
            table=table,
            domain=rules.domain,
            reasons=", ".join(reasons),
            disagreements=", ".join(disagreement(rules.group_key or "", name) for name in rules.agree_on),
            content=", ".join(f'"{c.name}" := "{c.name}"' for c in columns),
            key=", ".join(f'"{name}"' for name in rules.key),
            # A row of the values, which compares them one after the other.
            newest_by=f"row({', '.join(f'{name}' for name in rules.newest_by or ('0',))})",
            key_of_record=", ".join(f'judged_alone."{name}"' for name in rules.key),
            columns=", ".join(f'"{c.name}"' for c in columns),
        )
    )


def verdicts(
    database: duckdb.DuckDBPyConnection, contract: type[SilverContract]
) -> dict[tuple[date, str], Verdict]:
    """How many records went each way by day: silver, duplicate, superseded, quarantined.

    `repeated` are those of the duplicates whose equal record is in the same file.
    """
    amount = table_rules(contract).amount
    money = f'coalesce(sum(cast("{amount}" as decimal(38, 2))), 0)' if amount else "null"
    rows = database.execute(f"""
        select partition_date,
            case
                when _reasons <> [] then 'quarantined'
                when _is_duplicate then 'duplicate'
                when _is_superseded then 'superseded'
                else 'silver'
            end,
            count(*), {money}
        from {_table(contract)}_judged group by all
        union all
        select partition_date, 'repeated', count(*), {money}
        from {_table(contract)}_judged where _is_repetition group by all""").fetchall()
    return {(day, went): Verdict(count, money) for day, went, count, money in rows}


def readable_sum(
    database: duckdb.DuckDBPyConnection, contract: type[SilverContract], records: Iterable[Mapping[str, str]]
) -> Decimal | None:
    """The sum of the readable money in records, also in refused ones; None when the table has no money."""
    money = next((c for c in source_columns(contract) if c.name == table_rules(contract).amount), None)
    if money is None:
        return None
    said = f'struct_pack("{money.name}" := clean(text)) as _said from (select unnest($texts) as text)'
    total = f"select coalesce(sum({value(money)}), 0) from (select {said})"
    texts = [record[money.name] for record in records]
    [(found,)] = database.execute(total, {"texts": texts}).fetchall()
    return Decimal(found)


def _table(contract: type[SilverContract]) -> str:
    return table_rules(contract).table


def _rules(contract: type[SilverContract]) -> str:
    rules = table_rules(contract)
    file = HERE / rules.domain / f"{rules.table}.sql"
    return file.read_text() if file.exists() else f"select _record_id from {rules.table}_typed"
