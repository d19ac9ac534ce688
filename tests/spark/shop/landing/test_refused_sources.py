"""A source that would lose changes is refused by name; landing goes on when it is mended."""

import pytest

from tests.harness.shop_source import ShopSource
from tests.spark.shop.landing.compared import assert_landed_once, bronze
from tests.spark.shop.landing.faults import FAULTS, Fault
from tests.spark.shop.landing.pipeline import TODAY, changed_days, land, news, snapshot


def parts_in_order(text: str, parts: tuple[str, ...]) -> list[str]:
    """Those of the parts that a text has, in its order."""
    return sorted((part for part in parts if part in text), key=text.index)


@pytest.mark.parametrize("fault", [pytest.param(fault, id=name) for name, fault in FAULTS.items()])
def test_a_source_that_would_lose_changes_is_refused_until_it_is_mended(
    shop: ShopSource, fault: Fault
) -> None:
    landed = bronze(shop)
    shop.execute(
        "delete from shop.customers where customer_id = 2",
        "insert into shop.suppliers values (4, 'Dot', 'DE')",
    )
    shop.execute(*fault.breaks)

    problem = land(shop)[TODAY]
    assert parts_in_order(problem, fault.says) == list(fault.says), problem
    assert bronze(shop) == landed
    assert news(shop, TODAY) == {TODAY: {*shop.tables}}

    shop.execute(*fault.mends)
    if fault.still_says:
        problem = land(shop)[TODAY]
        assert parts_in_order(problem, fault.still_says) == list(fault.still_says), problem
        snapshot(shop)
    shop.execute("insert into shop.suppliers values (5, 'Elk', 'DE')")
    assert land(shop) == {}
    assert land(shop) == {}
    assert_landed_once(shop)
    assert not changed_days(shop)
