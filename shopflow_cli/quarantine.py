"""`shopflow quarantine`: why records were refused, how many, and one example of each reason.

Shows no personal data: neither the record, nor the value of a column that the contract marks as personal.
`shopflow sql` shows the whole record.
"""

import sys
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from local_stack.home import Home
from shopflow_cli.days import parse_day
from shopflow_cli.query import Format, Rows, fetch, write_rows
from spark_jobs.shown_text import shown

if TYPE_CHECKING:
    from spark_jobs.silver_table import SilverTable

TYPES = {
    "table": "varchar",
    "reason": "varchar",
    "records": "bigint",
    "day": "date",
    "found": "varchar",
    "key": "varchar",
    "file": "varchar",
}
# The example is the smallest one, so the same quarantine always shows the same example.
BY_KIND = """
select kind, records, example.day, example.reason, nullif(example.key, ''), example.file
from (
  select regexp_replace(reason, '{value_found}', '') as kind, count(*) as records,
         min(cast(row(partition_date, source_file, {key}, reason)
                  as row(day date, file varchar, key varchar, reason varchar))) as example
  from silver.quality.quarantine cross join unnest(reasons) as _ (reason)
  where domain = '{domain}' and table_name = '{table}' and {days}
  group by 1)
order by records desc, kind"""
LEDGER = "select sum(bronze_rows) from silver.quality.row_ledger where {days}"


def refused(home: Home, day: date | None = None) -> list[dict[str, Any]]:
    """Return one row per table and kind of reason, for one day or for all days; TYPES names its fields.

    The fields `day` to `file` describe one example: the value found, the key as text, and the file.
    A record with several reasons counts once for each of them.

    Raises:
        QueryError: Trino does not answer.
    """
    from shopflow_assets.registry import SILVER_TABLES

    return [row for table in SILVER_TABLES for row in _refused(home, table, day)]


def _refused(home: Home, table: "SilverTable", day: date | None) -> Iterator[dict[str, Any]]:
    from spark_jobs.contracts.reasons import VALUE_FOUND, found

    rules = table.rules
    texts = ", ".join(f"'{name}=' || json_extract_scalar(record, '$[\"{name}\"]')" for name in rules.key)
    sql = BY_KIND.format(
        value_found=VALUE_FOUND.replace("'", "''"),
        # Empty for a malformed record, whose key cannot be trusted: Trino cannot compare rows with a null.
        key=f"array_join(array[{texts}], ', ')",
        domain=rules.domain,
        table=rules.table,
        days=_on(day),
    )
    for name, records, first_day, reason, key, file in fetch(home, sql):
        value = found(reason, table.contract)
        row = (table.name, name, records, first_day, value, key and shown(key), file)
        yield dict(zip(TYPES, row, strict=True))


def _on(day: date | None) -> str:
    return "true" if day is None else f"partition_date = date '{day}'"


def command(
    day: Annotated[
        str | None, typer.Option(metavar="DAY", help="One partition date, YYYY-MM-DD; without it, all days.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="Format of the rows.")] = Format.TABLE,
) -> None:
    """Show why records were refused: each kind of reason with its count and one example.

    A record with several reasons counts once for each. Personal data is not shown; the last line says how to
    see whole records.
    """
    home, console = Home.current(), Console(highlight=False, soft_wrap=True)
    only_day = None if day is None else parse_day(day)
    rows = refused(home, only_day)
    if rows or form is not Format.TABLE:
        values: Iterator[Sequence[Any]] = (tuple(row.values()) for row in rows)
        write_rows(Rows(tuple(TYPES), tuple(TYPES.values()), values), form, sys.stdout)
    if form is not Format.TABLE:
        return
    if not rows:
        console.print(_nothing(home, only_day))
        return
    example = f"partition_date = date '{rows[0]['day']}' and source_file = '{rows[0]['file']}'"
    sql = f"select reasons, record from silver.quality.quarantine where {example}"
    console.print("Whole records, personal data included:", f'  shopflow sql "{sql}" --format json', sep="\n")


def _nothing(home: Home, day: date | None) -> str:
    """Say why there is nothing to show: all records were accepted, or silver has none yet."""
    [[records]] = fetch(home, LEDGER.format(days=_on(day)))
    when = "" if day is None else f" of {day}"
    if records is None:
        backfill = "shopflow backfill FROM TO" if day is None else f"shopflow backfill {day} {day}"
        return f"Silver has no records{when} yet, so none was refused. To fill it: {backfill}"
    return f"No records{when} are in quarantine: all {records:,} were accepted."
