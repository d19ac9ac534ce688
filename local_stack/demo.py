"""`shopflow demo`: everything started, seven days carried from the inbox to gold, and the numbers shown."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from local_stack import quarantine
from local_stack.backfill import backfill
from local_stack.home import Home
from local_stack.query import fetch
from local_stack.settings import HOST, Settings
from local_stack.simulate import simulate_feed
from local_stack.up import up

FIRST, LAST = date(2026, 1, 1), date(2026, 1, 7)

LEDGER = """
select sum(bronze_rows), sum(silver_rows), sum(duplicate_rows), sum(superseded_rows), sum(quarantined_rows)
from silver.quality.row_ledger where domain = 'ecommerce'"""
GOLD_TABLES = """
select table_name from gold.information_schema.tables
where table_schema = 'ecommerce' and table_name not like '%\\__dbt\\_tmp' escape '\\' order by 1"""
METRICS = """
select order_date, orders, customers, revenue, cast(average_order_value as decimal(18, 2)),
       cast(cast(100 * cancelled_share as decimal(5, 1)) as varchar) || ' %',
       cast(cast(100 * returned_share as decimal(5, 1)) as varchar) || ' %'
from gold.ecommerce.business_metrics order by 1"""
TOP_PRODUCTS = """
select p.product_id, p.product_name, p.category, sum(i.quantity), sum(i.total_amount)
from gold.ecommerce.order_items i
join gold.ecommerce.orders o on o.order_id = i.order_id
join gold.ecommerce.products p on p.product_id = i.product_id
where o.order_status not in ('cancelled', 'returned')
group by 1, 2, 3 order by 5 desc, 1 limit 10"""


def demo(home: Home, console: Console) -> None:
    """Start the stack, simulate and backfill the first seven days, and show what came of it."""
    console.rule("1. Start the engines", align="left")
    settings = up(home, console)
    console.rule(f"2. Simulate the marketplace, {FIRST} to {LAST}", align="left")
    simulate_feed(home, FIRST, LAST, console)
    console.rule("3. Carry the days through bronze, silver and gold", align="left")
    backfill(home, FIRST, LAST, console)
    console.rule("4. What is there now", align="left")
    with console.status("asking Trino"):
        tables = summary(home)
    for table in tables:
        console.print(table)
    _next_steps(settings, console)


def summary(home: Home) -> list[Table]:
    """Return the tables of the summary: rows per layer, quarantine, revenue by day, top products."""
    metrics = ("day", "orders", "customers", "revenue", "average", "cancelled", "returned")
    products = ("product", "name", "category", "quantity", "revenue")
    return [
        _table("Rows per layer", ("layer", "table", "rows"), _rows_per_layer(home)),
        _table("Quarantined rows by reason", ("reason", "rows"), _reasons(home)),
        _table("Revenue by day of order", metrics, fetch(home, METRICS)),
        _table("Top products by revenue", products, fetch(home, TOP_PRODUCTS)),
    ]


def _rows_per_layer(home: Home) -> list[tuple[str, str, Any]]:
    bronze, silver, duplicates, superseded, quarantined = fetch(home, LEDGER)[0]
    names = [row[0] for row in fetch(home, GOLD_TABLES)]
    counts = " union all ".join(f"select '{name}', count(*) from gold.ecommerce.{name}" for name in names)
    return [
        ("bronze", "records in the landed files", bronze),
        ("silver", "ecommerce.order_lines", silver),
        ("", "identical duplicates removed", duplicates),
        ("", "superseded versions", superseded),
        ("", "quality.quarantine", quarantined),
        *(("gold", f"ecommerce.{name}", rows) for name, rows in fetch(home, f"{counts} order by 1")),
    ]


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
    """Write a count or an amount with thousands apart, and every other value as it is."""
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
        "SQL at the terminal": 'shopflow sql "select * from gold.ecommerce.customers limit 5"',
        "The next day": f"shopflow simulate {after} {after} && shopflow backfill {after} {after}",
        "Stop, keeping the data": "shopflow down",
    }
    console.rule("5. Where to go from here", align="left")
    for what, where in steps.items():
        console.print(f"  {what:<31}{where}", highlight=False, soft_wrap=True)


def command() -> None:
    """Start everything, simulate seven days, carry them through all layers and show the numbers.

    It can be repeated, and goes on where it was interrupted.
    """
    demo(Home.current(), Console())
