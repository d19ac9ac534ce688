"""dbt's own tests on the engines: the unit tests pass, and each data test can fail."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from trino.exceptions import TrinoQueryError

from local_stack.home import CHECKOUT
from shopflow_assets.registry import DOMAINS
from tests.gold.contents import contents
from tests.gold.defects import Defect, defects, defects_of_sums
from tests.harness.gold_lake import START, GoldLake

# dbt and its libraries warn about themselves.
pytestmark = pytest.mark.filterwarnings("default")

TOMORROW = START + timedelta(days=1)
WITH_GOLD = [name for name in DOMAINS if (CHECKOUT / "dbt_gold" / "models" / name).is_dir()]


@pytest.fixture(
    scope="module", params=[pytest.param(name, marks=pytest.mark.domain(name)) for name in WITH_GOLD]
)
def good(lake_of: Callable[[str], GoldLake], request: pytest.FixtureRequest) -> GoldLake:
    """A domain's lake with gold of its good rows. A test that changes it must restore it."""
    lake = lake_of(request.param)
    lake.empty()
    good_rows(lake).deliver(lake)
    lake.run(START, START)
    return lake


def good_rows(lake: GoldLake) -> Any:
    """The good rows of the lake's domain."""
    return import_module(f"tests.gold.{lake.domain.name}.good_rows")


@contextmanager
def planted(lake: GoldLake, *faults: Defect) -> Generator[None]:
    """These defects in the lake; they are removed afterwards."""
    with lake.restored(*{fault.table for fault in faults}):
        for fault in faults:
            lake.query(fault.statement)
        yield


def test_every_data_test_passes_on_good_rows(good: GoldLake) -> None:
    assert good.failing_tests(START, START) == {}


def test_the_unit_tests_of_the_models_hold(good: GoldLake) -> None:
    assert good.dbt("test", "--select", good.all("test_type:unit")) == {}


def test_every_data_test_finds_each_of_its_defects_in_the_rows_of_the_run_or_in_all(good: GoldLake) -> None:
    rules, names = good_rows(good).RULES, good.data_tests.keys()
    place = f"RULES of tests/gold/{good.domain.name}/good_rows.py"
    by_row, of_sums = defects(good, rules), defects_of_sums(good)
    tried = {defect.test for defect in (*by_row, *of_sums)}
    assert names == tried, f"{place} must say what breaks these rules: {sorted(names - tried)}"
    assert rules.keys() <= names, (
        f"{place} names data tests that do not exist: {sorted(rules.keys() - names)}"
    )
    whole = {name for name, model in good.tested.items() if model in good.materialized("table")}

    with planted(good, *of_sums, *by_row):
        queries = good.failing_tests(START, START)
        rows = {name: good.rows(query) for name, query in queries.items()}
        unseen = [
            d for d in by_row if not any(d.shown.items() <= row.items() for row in rows.get(d.test, []))
        ]
        assert unseen == []
        assert queries.keys() == names
        assert good.failing_tests(TOMORROW, TOMORROW).keys() == whole
        assert good.failing_tests(TOMORROW, TOMORROW, scope="full").keys() == names
    for defect in of_sums:
        with planted(good, defect):
            assert good.rows(queries[defect.test]) == [defect.shown], defect


def test_every_data_test_is_of_a_domain_with_good_rows(good: GoldLake) -> None:
    domains = {
        test.name: test.fqn[1] for test in good.manifest.nodes.values() if test.resource_type == "test"
    }
    nobodys = {name: domain for name, domain in domains.items() if domain not in WITH_GOLD}
    assert nobodys == {}, (
        "nothing shows that these data tests can fail: declare them beside a domain's models"
    )


def test_a_required_column_refuses_null(good: GoldLake) -> None:
    for name in good.materialized("incremental"):
        columns = good.models[name].columns.values()
        required = [c.name for c in columns if any(rule.type == "not_null" for rule in c.constraints)]
        assert required, name
        with pytest.raises(TrinoQueryError, match="NULL value not allowed"):
            good.query(f"update {good.table(name)} set {required[-1]} = null")


@pytest.mark.parametrize(
    ("change", "back", "named"),
    [
        ("add column stray varchar", "drop column stray", "stray varchar"),
        ("rename column {column} to label", "rename column label to {column}", "{column} {type}"),
    ],
)
def test_a_table_that_is_not_as_its_contract_says_is_left_alone(
    good: GoldLake, change: str, back: str, named: str
) -> None:
    # A column that no look-up reads: the look-up would fail first.
    model, column = next(
        (name, column)
        for name in good.materialized("incremental")
        for column in good.models[name].columns.values()
        if not column.constraints
    )
    texts = {"column": column.name, "type": column.data_type}
    good.query(f"alter table {good.table(model)} {change.format(**texts)}")
    try:
        [(failed, why)] = good.dbt("run", "--select", model, first=START, last=START).items()
    finally:
        good.query(f"alter table {good.table(model)} {back.format(**texts)}")
    assert failed == model
    assert named.format(**texts) in why
    assert "drop the table" in why


def test_a_run_without_days_changes_nothing(good: GoldLake) -> None:
    before = contents(good)
    assert all(count for count, _ in before.values())
    assert good.dbt("run", "--select", good.all()) == {}
    assert contents(good) == before
    assert good.dbt("run", "--empty", "--select", good.all()) == {}
    assert contents(good) == before


@pytest.mark.parametrize(
    ("arguments", "days", "error"),
    [
        (["--full-refresh"], (START, START), "--full-refresh is not used here"),
        ([], (TOMORROW, START), "is after SHOPFLOW_TO"),
        ([], (START, None), "Set both SHOPFLOW_FROM and SHOPFLOW_TO"),
    ],
)
def test_a_wrong_call_is_refused(good: GoldLake, arguments: list, days: tuple, error: str) -> None:
    with pytest.raises(Exception, match=error):
        good.dbt("run", *arguments, first=days[0], last=days[1])
