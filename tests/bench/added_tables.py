"""Measures what an added table costs: the seconds that a table without rows adds to a warm day.

The table is that of docs/adding_a_table.md. Two domains have copies of it: one a few, the other `ADDED` more.
Their days are carried in turns on one stack, so that the engines are equally warm for both. Not measured is
what a table adds to the runs of other domains, because dbt's manifest grows.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from statistics import median

from tests.bench.measuring import Figures, measure
from tests.bench.showing import console, show
from tests.harness.adding_a_table import blocks
from tests.harness.checkout import copy_code, make_sources
from tests.harness.lakehouse import days
from tests.harness.stack import Stack

FEW, ADDED = 2, 8
TABLES = {"few": FEW, "many": FEW + ADDED}
WARMING, MEASURED = days(8)[:5], days(8)[5:]
HEADER = "return_id,order_id,requested_at,amount\n"
DECLARATION = '''"""Tables of the bench."""

from shopflow_assets.domain import Domain
from shopflow_assets.sources.files.inbox import Inbox
from spark_jobs.silver_table import SilverTable
{imports}

DOMAIN = Domain(name="{domain}", source=Inbox("Files without lines."), tables=({tables},))
'''


def lay_out(checkout: Path) -> None:
    """Copy the code into an empty folder and add the two domains."""
    copy_code(checkout)
    for file, text in (file for domain in TABLES for file in _files(domain)):
        (checkout / file).parent.mkdir(exist_ok=True)
        (checkout / file).write_text(text)
    make_sources(checkout)


def added_tables(stack: Stack) -> None:
    """Carry days of both domains in turns, and measure the last ones."""
    costs: dict[str, list[Figures]] = {domain: [] for domain in TABLES}
    for day in [*WARMING, *MEASURED]:
        for domain in TABLES:
            _deliver(stack, domain, day)
            with console.status(f"carrying {day} of {TABLES[domain]} tables"):
                costs[domain].append(measure(stack, domain, day))
    few, many = (_medians(costs[domain][len(WARMING) :]) for domain in TABLES)
    per_table = {row: (many[row] - few[row]) / ADDED for row in many}
    show(
        f"A warm day of tables without rows, medians of {len(MEASURED)}",
        {
            f"{FEW} tables": few,
            f"{FEW + ADDED} tables": many,
            "each added table (target 0.5 s)": per_table,
        },
    )


def _names(domain: str) -> list[str]:
    return [f"{domain}_{number}" for number in range(1, TABLES[domain] + 1)]


def _files(domain: str) -> Iterator[tuple[str, str]]:
    """The files of a domain and their text."""
    yield f"spark_jobs/contracts/{domain}/__init__.py", ""
    names = {table: table.title().replace("_", "") for table in _names(domain)}
    for table, contract in names.items():
        for file, language, text in blocks():
            # A diff would add the table to the declaration, which is written below.
            if language != "diff":
                yield _renamed(file, domain, table, contract), _renamed(text, domain, table, contract)
    imports = [
        f"from spark_jobs.contracts.{domain}.{table} import {contract}" for table, contract in names.items()
    ]
    tables = ", ".join(f"SilverTable({contract})" for contract in names.values())
    declaration = DECLARATION.format(domain=domain, imports="\n".join(imports), tables=tables)
    yield f"shopflow_assets/domains/{domain}.py", declaration


def _renamed(text: str, domain: str, table: str, contract: str) -> str:
    return text.replace("ecommerce", domain).replace("returns", table).replace("Returns", contract)


def _deliver(stack: Stack, domain: str, day: date) -> None:
    inbox = stack.s3()
    for table in _names(domain):
        inbox.put_object(Bucket="inbox", Key=f"{domain}/{table}/{day}/none.csv", Body=HEADER.encode())


def _medians(costs: list[Figures]) -> Figures:
    return {row: median(figures[row] for figures in costs) for row in costs[0]}
