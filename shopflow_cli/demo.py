"""`shopflow demo`: starts everything, runs seven simulated days from the inbox to gold, shows the numbers."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from local_stack.home import Home
from local_stack.prepare.gold_models import models
from local_stack.settings import HOST, Settings
from local_stack.up import up
from shopflow_cli import quarantine
from shopflow_cli.backfill import backfill
from shopflow_cli.query import answer, fetch
from shopflow_cli.simulate.marketplace import simulate_feed
from shopflow_cli.simulate.shop import has_own_shop, live_shop

FIRST, LAST = date(2026, 1, 1), date(2026, 1, 7)

LEDGER = """
select
    domain || '.' || table_name as "table", sum(bronze_rows) as bronze, sum(silver_rows) as silver,
    sum(duplicate_rows) as duplicates, sum(superseded_rows) as superseded,
    sum(quarantined_rows) as quarantined
from silver.quality.row_ledger group by 1 order by 1"""
PUBLISHED = """
select domain, count_if(is_complete) as "complete days", count_if(not is_complete) as "held back"
from gold.quality.published_days group by 1 order by 1"""


def demo(home: Home, console: Console) -> None:
    """Start the stack, simulate and backfill the first seven days, and show the result."""
    console.rule("1. Start the engines", align="left")
    settings = up(home, console)
    console.rule(f"2. Simulate the marketplace and the shop, {FIRST} to {LAST}", align="left")
    simulate_feed(home, FIRST, LAST, console)
    if not has_own_shop(home):
        live_shop(home, LAST, console, orders=1000, seed=42)
    console.rule("3. Backfill the days through bronze, silver and gold", align="left")
    # A database of one's own has not lived these days.
    backfill(home, FIRST, LAST, console, domain="ecommerce" if has_own_shop(home) else None)
    console.rule("4. The result", align="left")
    with console.status("querying Trino"):
        tables = summary(home)
    for table in tables:
        console.print(table)
    _next_steps(settings, console)


def summary(home: Home) -> list[Table]:
    """Return the tables of the summary: those over all domains, and the answers to the domains' questions."""
    from shopflow_assets.registry import DOMAINS

    questions = {title: sql for domain in DOMAINS.values() for title, sql in domain.questions.items()}
    return [
        _answer(home, "Records in bronze, and what became of them", LEDGER),
        _table("Rows of gold", ("table", "rows"), _rows_of_gold(home)),
        _answer(home, "Days in gold", PUBLISHED),
        _table("Quarantined rows by reason", ("reason", "rows"), _reasons(home)),
        *(_answer(home, title, sql) for title, sql in questions.items()),
    ]


def _rows_of_gold(home: Home) -> list[Sequence[Any]]:
    from shopflow_assets.registry import DOMAINS

    tables = [f"{model.schema}.{model.table}" for model in models(home) if model.schema in DOMAINS]
    counts = " union all ".join(f"select '{name}', count(*) from gold.{name}" for name in tables)
    return fetch(home, f"{counts} order by 1")


def _answer(home: Home, title: str, sql: str) -> Table:
    with answer(home, sql) as rows:
        return _table(title, rows.columns, list(rows.rows))


def _reasons(home: Home) -> list[tuple[str, int]]:
    return [(row["reason"], row["records"]) for row in quarantine.refused(home)]


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE, collapse_padding=True)
    for number, column in enumerate(columns):
        are_numbers = all(_is_number(str(row[number]).removesuffix(" %")) for row in rows)
        table.add_column(
            column, justify="right" if are_numbers else "left", no_wrap=column not in ("name", "reason")
        )
    for row in rows:
        table.add_row(*("" if value is None else _grouped(value) for value in row))
    return table


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()


def _grouped(value: Any) -> str:
    """Write a number with separators between thousands, and every other value as it is."""
    text = str(value)
    if not _is_number(text):
        return text
    whole, point, cents = text.partition(".")
    return f"{int(whole):,}{point}{cents}"


def _next_steps(settings: Settings, console: Console) -> None:
    after = LAST + timedelta(days=1)
    steps = {
        "Dagster: assets, days, checks": settings.dagster_url,
        "Trino": f"http://{HOST}:{settings.trino_port}",
        "MinIO": settings.s3_endpoint,
        "The command on your PATH": "source .venv/bin/activate",
        "SQL at the terminal": 'shopflow sql "select * from gold.quality.published_days order by 1, 2"',
        "The next day": f"shopflow simulate {after} {after} && shopflow backfill {after} {after}",
        "Stop and keep the data": "shopflow down",
    }
    console.rule("5. Next steps", align="left")
    for what, where in steps.items():
        console.print(f"  {what:<31}{where}", highlight=False, soft_wrap=True)


def command() -> None:
    """Start everything, simulate seven days, backfill them through all layers and show the numbers.

    You can repeat it; it continues where it was interrupted.
    """
    demo(Home.current(), Console())
