"""What the source itself counts in a table: rows, and the money in them."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from shopflow_assets.sources.money import money_pattern
from spark_jobs.contracts.table import Table
from spark_jobs.contracts.versions import own_columns
from spark_jobs.manifest import Claim

if TYPE_CHECKING:
    import psycopg
    from psycopg.sql import Composed


def count_rows(
    sql: "psycopg.Connection[Any]", schema: str, table: Table, where: "Composed | None" = None
) -> Claim:
    """The rows that meet a condition, or all, and the money in them that can be read."""
    from psycopg import sql as statements

    amount = table.rules.amount
    money = statements.SQL("null")
    if amount:
        pattern = f"^({money_pattern(own_columns(table), amount).pattern})$"
        column = statements.Identifier(amount)
        money = statements.SQL("coalesce(sum({}) filter (where {}::text ~ {}), 0)").format(
            column, column, statements.Literal(pattern)
        )
    query = statements.SQL("select count(*), {} from {} where {}").format(
        money, statements.Identifier(schema, table.rules.table), where or statements.SQL("true")
    )
    [(rows, total)] = sql.execute(query).fetchall()
    return Claim(rows=rows, amount=None if total is None else Decimal(total))
