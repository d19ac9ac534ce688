"""The bronze files read by DuckDB alone: an answer about gold that owes nothing to the pipeline's code."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb

from tests.harness.lakehouse import Lakehouse

SQL = Path(__file__).parent


def tables_from_files(lakehouse: Lakehouse, days: Iterable[date], folder: Path) -> duckdb.DuckDBPyConnection:
    """Read what was landed on these days into tables of lines, orders, sales, customers and products.

    `folder` is where the files may be kept meanwhile. The records to leave out are those that the simulator
    says it planted.
    """
    bad = []
    for day in days:
        manifest = lakehouse.manifest(day)
        for file in manifest.files:
            lakehouse.s3.download_file(
                "datalake", f"{manifest.prefix}{file.name}", f"{folder}/{day}-{file.name}"
            )
        bad += [
            {"day": str(day), "order_id": planted["order_id"], "product_id": planted["product_id"]}
            for planted in lakehouse.truth(day)["planted"]
            # Its good twin has the same key; DuckDB drops the bad one, whose price is no number.
            if planted["kind"] != "bad_record_beside_good"
        ]
    (folder / "bad.json").write_text(json.dumps(bad))
    database = duckdb.connect()
    database.execute("set timezone = 'UTC'")
    database.execute((SQL / "ecommerce" / "tables_from_files.sql").read_text().format(folder=folder))
    database.execute((SQL / "ratio.sql").read_text())
    return database
