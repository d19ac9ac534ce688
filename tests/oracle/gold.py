"""Gold of a domain from its silver, in DuckDB and without a merge: the tables of `<domain>/gold*.sql`."""

from pathlib import Path

import duckdb

from spark_jobs.contracts.rules import Limits
from tests.oracle.shop.replay import replay_tables

HERE = Path(__file__).parent
# What a domain's SQL reads beside silver, and SQL is bad at.
BEFORE_SQL = {"shop": replay_tables}


def build_gold(
    database: duckdb.DuckDBPyConnection, domain: str, limits: Limits, max_age_days: int = 30
) -> None:
    """Compute the domain's gold from tables with the names of silver's."""
    if prepare := BEFORE_SQL.get(domain):
        prepare(database)
    settings = {"start": limits.first_partition, "max_age_days": max_age_days}
    for file in sorted((HERE / domain).glob("gold*.sql")):
        database.execute(file.read_text().format(**settings))
