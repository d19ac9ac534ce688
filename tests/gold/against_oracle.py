"""Gold as dbt built it and as the oracle computes it: the tables that people read, column by column."""

from collections.abc import Iterable

from tests.harness.gold_lake import LIMITS, MAX_AGE_DAYS, GoldLake
from tests.harness.gold_silver import Row
from tests.oracle.gold import build_gold
from tests.oracle.silver import open_oracle

# Tables between silver and those that people read. Their errors show in the others.
BETWEEN = "int_"
# By these columns runs find the rows to read. They may depend on the history of runs.
BOOKKEEPING = ("source_", "last_partition_date")

Tables = dict[str, list[Row]]


def expected(lake: GoldLake, models: Iterable[str] | None = None) -> Tables:
    """These models, or all, computed by the oracle from the silver that is there now."""
    domain = lake.domain.name
    with open_oracle(LIMITS) as oracle:
        for table in lake.silver.tables:
            oracle.register(table, lake.silver.frame(table).to_arrow())
        build_gold(oracle, domain, LIMITS, MAX_AGE_DAYS)
        made = {name for (name,) in oracle.execute("select table_name from duckdb_tables()").fetchall()}
        read = {name for name in lake.models if not name.startswith(BETWEEN)}
        assert read <= made, f"add to tests/oracle/{domain}/gold*.sql: {', '.join(sorted(read - made))}"
        wanted = {name: oracle.table(name).select(*_columns(lake, name)) for name in models or read}
        return {name: _sorted(table.columns, table.fetchall()) for name, table in wanted.items()}


def built(lake: GoldLake, like: Tables) -> Tables:
    """The same tables as gold has them."""
    columns = {name: _columns(lake, name) for name in like}
    selects = {name: f"select {', '.join(columns[name])} from {lake.table(name)}" for name in like}
    return {name: _sorted(columns[name], lake.query(select)) for name, select in selects.items()}


def _columns(lake: GoldLake, model: str) -> list[str]:
    return [name for name in lake.models[model].columns if not name.startswith(BOOKKEEPING)]


def _sorted(names: list[str], rows: Iterable[tuple]) -> list[Row]:
    # The key comes first. Equal values behind it may look different as a text.
    return sorted((dict(zip(names, row, strict=True)) for row in rows), key=str)
