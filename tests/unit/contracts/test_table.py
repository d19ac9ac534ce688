"""A contract is resolved once, and the hash of the code covers every module that makes silver."""

from spark_jobs.code_hash import ROOT, import_closure
from spark_jobs.contracts.contract import LANDING_COLUMNS
from spark_jobs.contracts.ecommerce.order_lines import OrderLines
from spark_jobs.contracts.quality import Quarantine
from spark_jobs.contracts.table import table_of

# They read silver, or maintain its files; none of them changes a row of it.
NOT_PART_OF_SILVER = {
    "code_hash.py",
    "delta_storage.py",
    "judge.py",
    "maintenance.py",
    "reasons.py",
    "session.py",
}


def test_a_contract_is_resolved_to_one_table() -> None:
    assert table_of(OrderLines) is table_of(OrderLines)
    assert table_of(OrderLines).columns is table_of(OrderLines).columns


def test_a_table_is_named_as_in_the_silver_catalog_of_trino() -> None:
    table = table_of(OrderLines)
    assert (table.domain, table.name) == ("ecommerce", "ecommerce.order_lines")
    assert table.location.endswith("/ecommerce/order_lines")


def test_a_delivery_carries_all_columns_but_those_of_landing() -> None:
    table = table_of(OrderLines)
    assert table.column_names == (*table.source_names, *LANDING_COLUMNS)


def test_a_table_that_the_steps_make_has_no_source_columns() -> None:
    assert table_of(Quarantine).source_columns == ()


def test_the_hash_of_silver_covers_every_module_that_makes_it() -> None:
    jobs = ROOT / "spark_jobs"
    # A domain's contracts are hashed with their own tables only.
    of_domains = set(jobs.glob("contracts/*/*.py"))
    modules = set(jobs.rglob("*.py")) - of_domains
    covered = import_closure(("spark_jobs.silver_job",))
    assert {file.name for file in modules - covered if file.stem != "__init__"} == NOT_PART_OF_SILVER
