"""Prints figures: one table per section of the bench, one column per run."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from tests.bench.measuring import Figures

console = Console()


def show(title: str, columns: Mapping[str, Figures], note: str = "") -> None:
    """Print figures side by side; a cell is empty where a column has no such figure."""
    table = Table("", title=title, title_justify="left", caption=note or None, caption_justify="left")
    for name in columns:
        table.add_column(name, justify="right")
    # The keys of a dict: a set that keeps its order.
    for row in dict.fromkeys(row for figures in columns.values() for row in figures):
        table.add_row(row, *(_number(figures.get(row)) for figures in columns.values()))
    console.print(table, "")


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"
