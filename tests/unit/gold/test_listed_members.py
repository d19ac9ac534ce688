"""Dimensions whose members are listed have those that the shop's contracts allow."""

import re
from pathlib import Path

import pytest

from local_stack.home import CHECKOUT
from spark_jobs.contracts.shop.money import PAYMENT_METHODS
from spark_jobs.contracts.shop.orders import CHANNELS, STATUSES

MODELS = CHECKOUT / "dbt_gold" / "models" / "shop" / "dimensions"


@pytest.mark.parametrize(
    ("dimension", "allowed"),
    [("store", CHANNELS), ("status", STATUSES), ("payment", PAYMENT_METHODS)],
    ids=["store", "status", "payment"],
)
def test_members_are_what_the_contract_allows(dimension: str, allowed: list[str]) -> None:
    [listed] = re.findall(r"\[(.*)\]", (MODELS / f"dim_{dimension}.sql").read_text())
    assert [name.strip(" '") for name in listed.split(",")] == allowed


def test_a_run_makes_the_lists_too_whatever_changed(pipeline: Path) -> None:
    from shopflow_assets.gold.dbt.graph import GoldGraph
    from shopflow_assets.gold.dbt.project import manifest

    graph = GoldGraph(manifest(), "shop")
    made = {model.rpartition(".")[2] for model in graph.below({"shop.suppliers"})}
    assert made >= {"dim_supplier", "dim_store", "dim_status", "dim_payment", "dim_date"}
    assert "int_order_versions" not in made
    assert graph.below(()) == set()
