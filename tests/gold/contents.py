"""What gold's tables hold, in short."""

from tests.harness.gold_lake import GoldLake


def contents(lake: GoldLake) -> dict[str, tuple[int, bytes]]:
    """How many rows each table and view has, and their checksum."""
    selects = [
        f"select '{name}', count(*), checksum(row({', '.join(model.columns)})) from {lake.table(name)}"
        for name, model in lake.models.items()
    ]
    return {name: (count, checksum) for name, count, checksum in lake.query(" union all ".join(selects))}
