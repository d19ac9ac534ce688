"""Tables of a domain are made at the same time: a failure of one does not stop the others."""

from datetime import UTC, date, datetime
from secrets import token_hex

import polars as pl
import pytest
from pyspark.sql import SparkSession

from shopflow_assets.silver.reader import SilverReader
from spark_jobs.contracts.contract import SilverContract, column, columns, names
from spark_jobs.contracts.rules import TableRules
from spark_jobs.delta_tables import create
from spark_jobs.manifest import Manifest
from spark_jobs.silver_job import make_silver
from spark_jobs.silver_table import SilverTable
from tests.harness.lakehouse import Lakehouse
from tests.harness.stack import Stack

DOMAIN, DAY = "mail", date(2026, 2, 1)


class Letters(SilverContract):
    """A letter of a day."""

    letter_id: pl.String = column("The letter", required=True)

    class Config(SilverContract.Config):
        """Only a key."""

        metadata = {  # noqa: RUF012
            "rules": TableRules(domain=DOMAIN, table=f"letters_{token_hex(4)}", key=("letter_id",))
        }


class Cards(Letters):
    """A card of a day."""

    class Config(Letters.Config):
        """The same."""

        metadata = {  # noqa: RUF012
            "rules": TableRules(domain=DOMAIN, table=f"cards_{token_hex(4)}", key=("letter_id",))
        }


class Stamps(Letters):
    """A stamp of a day."""

    class Config(Letters.Config):
        """The same."""

        metadata = {  # noqa: RUF012
            "rules": TableRules(domain=DOMAIN, table=f"stamps_{token_hex(4)}", key=("letter_id",))
        }


def _landed(stack: Stack, contract: type[SilverContract]) -> Manifest:
    lakehouse = Lakehouse(stack, contract)
    lakehouse.deliver(DAY, "a.csv", "letter_id\nL-1\n")
    landing = lakehouse.feed.land(DAY, datetime(2026, 3, 1, tzinfo=UTC))
    assert landing
    return landing.manifest


def test_a_table_that_cannot_be_read_or_written_holds_up_no_other(stack: Stack, spark: SparkSession) -> None:
    kept = names(columns(Letters))
    letters = SilverTable(Letters, lambda values: values.select(*kept))
    cards = SilverTable(Cards, lambda values: values.select(*kept))
    stamps = SilverTable(Stamps, lambda values: values.select(*kept[1:]))
    landed = {table: _landed(stack, table.contract) for table in (letters, cards, stamps)}
    for table in landed:
        create(spark, table)
    lakehouse = Lakehouse(stack, Cards)
    lost = landed[cards]
    lakehouse.s3.delete_object(Bucket="datalake", Key=f"{lost.prefix}{lost.files[0].name}")
    wanted = {table: {DAY: manifest} for table, manifest in landed.items()}

    results = make_silver(spark, wanted, lakehouse.pipeline.limits)

    assert results[letters].problems == {}
    assert results[letters].ledger[DAY]["silver_rows"] == 1
    assert "rows and contract differ in letter_id" in results[stamps].problems[DAY]
    assert lost.files[0].name in results[cards].problems[DAY]
    reader = SilverReader(lakehouse.pipeline, DOMAIN, [DAY])
    assert [reader.ledger(table, DAY) is None for table in landed] == [False, True, True]
    assert reader.rows(letters, DAY).height == 1

    del wanted[letters]
    with pytest.raises(Exception, match=r"rows and contract differ|PATH_NOT_FOUND|does not exist"):
        make_silver(spark, wanted, lakehouse.pipeline.limits)
