"""Queries to Trino, for the checks that compare layers."""

from typing import Any

from shopflow_assets.settings import Settings


def query(settings: Settings, sql: str) -> list[dict[str, Any]]:
    """All rows of a query, with decimals as Decimal and dates as date."""
    from trino.dbapi import connect

    with connect(
        host=settings.trino_host, port=settings.trino_port, user="dagster", catalog="gold", timezone="UTC"
    ) as connection:
        cursor = connection.cursor()
        cursor.execute(sql)
        rows = cursor.fetchall()
        names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in rows]
