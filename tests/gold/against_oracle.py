"""Gold as dbt built it and as the oracle computes it: the tables that people read, column by column."""

from collections.abc import Iterable

from tests.harness.gold_lake import LIMITS, MAX_AGE_DAYS, GoldLake
from tests.harness.gold_silver import Row
from tests.oracle.gold import build_gold
from tests.oracle.silver import open_oracle

# Tables between silver and those that people read. Their errors show in the others.
BETWEEN = "int_"
# By these columns runs find the rows to read. They may depend on the history of runs.
BOOKKEEPING = ("source_partition", "source_order", "source_product", "last_partition_date")

# The oracle cannot compute hashes. So a surrogate key is compared by the row of the dimension that has it.
SURROGATE_KEYS = {
    "customer_key": ("dim_customer", "cast(customer_id as varchar), cast(valid_from as varchar)"),
    "product_key": ("dim_product", "cast(product_id as varchar), cast(valid_from as varchar)"),
    "supplier_key": ("dim_supplier", "cast(supplier_id as varchar)"),
    "address_key": ("dim_address", "cast(address_id as varchar)"),
    "store_key": ("dim_store", "store_name"),
    "payment_key": ("dim_payment", "payment_method"),
    "status_key": ("dim_status", "status"),
}

Tables = dict[str, list[Row]]


def expected(lake: GoldLake, models: Iterable[str] | None = None) -> Tables:
    """These models, or all, computed by the oracle from the silver that is there now."""
    domain = lake.domain.name
    with open_oracle(LIMITS) as oracle:
        for table in lake.silver.tables:
            oracle.register(table, lake.silver.frame(table).to_arrow())
        build_gold(oracle, domain, LIMITS, MAX_AGE_DAYS)
        made = {name for (name,) in oracle.execute("select table_name from duckdb_tables()").fetchall()}
        read = {name for name in lake.models if not name.startswith(BETWEEN)} - _of_more_domains(lake)
        assert read <= made, f"add to tests/oracle/{domain}/gold*.sql: {', '.join(sorted(read - made))}"
        wanted = {name: oracle.table(name).select(*_columns(lake, name)) for name in models or read}
        return {name: _sorted(table.columns, table.fetchall()) for name, table in wanted.items()}


def built(lake: GoldLake, like: Tables) -> Tables:
    """The same tables as gold has them."""
    columns = {name: _columns(lake, name) for name in like}
    return {name: _sorted(columns[name], lake.query(_select(lake, name, columns[name]))) for name in like}


def _select(lake: GoldLake, model: str, columns: list[str]) -> str:
    """The table's rows; a surrogate key is the text of what it leads to."""
    values, joins = [], []
    for column in columns:
        if column not in SURROGATE_KEYS:
            values.append(f"held.{column}")
            continue
        dimension, natural_key = SURROGATE_KEYS[column]
        values.append(f"coalesce(of_{column}.natural_key, 'of no row')")
        members = (
            f"select {column}, concat_ws(' ', {natural_key}) as natural_key from {lake.table(dimension)}"
        )
        joins.append(f"left join ({members}) as of_{column} on held.{column} = of_{column}.{column}")
    return f"select {', '.join(values)} from {lake.table(model)} as held {' '.join(joins)}"


def _of_more_domains(lake: GoldLake) -> set[str]:
    """The models that also read gold of another domain, which is not built here."""
    elsewhere = lake.manifest.nodes.keys() - {model.unique_id for model in lake.models.values()}
    return {name for name, model in lake.models.items() if elsewhere & {*model.depends_on.nodes}}


def _columns(lake: GoldLake, model: str) -> list[str]:
    return [name for name in lake.models[model].columns if not name.startswith(BOOKKEEPING)]


def _sorted(names: list[str], rows: Iterable[tuple]) -> list[Row]:
    # The key comes first. Equal values behind it may look different as a text.
    return sorted((dict(zip(names, row, strict=True)) for row in rows), key=str)
