"""Columns of gold say who may see them, and what is made of people's data is not public unseen."""

from copy import deepcopy
from typing import Any, NamedTuple

import pytest

from shopflow_assets.errors import DataClassError
from shopflow_assets.gold.dbt.data_classes import Classified, classified
from tests.harness.checkout import lay_out
from tests.harness.data_classes import ColumnGraph
from tests.harness.gold_columns import declared, made_from, manifest_and_sql

LINES = "silver.ecommerce.order_lines"
PUBLIC, TOKEN, PERSONAL = Classified("public"), Classified("token"), Classified("personal")
COUNT = Classified("public", "a count of customers")


class Gold(NamedTuple):
    """The dbt project with the tests' own domain in it."""

    manifest: dict[str, Any]
    made_from: dict[str, set[str]]

    def misfits_if(self, column: str, **meta: str) -> list[str]:
        """What is wrong once other things are declared of a column, `table.column` of ecommerce."""
        manifest = deepcopy(self.manifest)
        table, name = column.split(".")
        manifest["nodes"][f"model.shopflow_gold.{table}"]["columns"][name]["config"]["meta"] = meta
        return ColumnGraph(declared(manifest), self.made_from).misfits()


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory) -> Gold:
    checkout = tmp_path_factory.mktemp("checkout")
    lay_out(checkout)
    manifest, sql = manifest_and_sql(checkout / "dbt_gold", checkout / "target")
    return Gold(manifest, made_from(manifest, sql))


def test_no_column_is_laxer_than_what_it_is_made_from_without_a_reason(gold: Gold) -> None:
    misfits = ColumnGraph(declared(gold.manifest), gold.made_from).misfits()
    assert not misfits, "\n".join(misfits)


def test_lineage_is_known_of_every_column_of_gold(gold: Gold) -> None:
    assert gold.made_from.keys() == {c for c in declared(gold.manifest) if c.startswith("gold.")}
    assert f"{LINES}.email" in gold.made_from["gold.ecommerce.customers.email"]
    assert "silver.quality.quarantine.record" in gold.made_from["gold.ecommerce.int_refused_lines.order_id"]
    assert gold.made_from["gold.post.senders.sender"] == {"gold.post.parcels.sender"}


def test_a_personal_column_that_is_called_public_is_named_with_its_way_from_silver(gold: Gold) -> None:
    [misfit] = gold.misfits_if("customers.email", data_class="public")
    assert f"{LINES}.email (personal) -> gold.ecommerce.customers.email (public):" in misfit
    [misfit] = gold.misfits_if("customer_analytics.customer_id", data_class="public")
    way = "customer_id (token) -> gold.ecommerce.customers.customer_id (token) -> "
    assert f"{LINES}.{way}gold.ecommerce.customer_analytics.customer_id (public):" in misfit


def test_a_count_of_people_without_a_reason_is_named(gold: Gold) -> None:
    [misfit] = gold.misfits_if("int_customers_daily.customers", data_class="public")
    assert "gold.ecommerce.int_customers_daily.customers is laxer" in misfit


def test_a_reason_that_excuses_nothing_is_named(gold: Gold) -> None:
    [misfit] = gold.misfits_if("customers.created_at", data_class="public", declassified="a date")
    assert misfit.startswith("gold.ecommerce.customers.created_at: remove `declassified`")


@pytest.mark.parametrize(
    "meta", [{}, {"data_class": "secret"}, {"data_class": "public", "declassified": " "}], ids=str
)
def test_a_column_without_class_or_reason_is_named_with_its_file(gold: Gold, meta: dict[str, str]) -> None:
    customers = deepcopy(gold.manifest["nodes"]["model.shopflow_gold.customers"])
    customers["columns"]["email"]["config"]["meta"] = meta
    expected = r"(?s)gold\.ecommerce\.customers .* 1 of .*ecommerce/_ecommerce__models\.yml.*\nemail: "
    with pytest.raises(DataClassError, match=expected):
        classified(customers)


@pytest.mark.parametrize(
    ("own", "origin", "fits"),
    [
        (PUBLIC, PUBLIC, True),
        (PUBLIC, TOKEN, False),
        (PUBLIC, PERSONAL, False),
        (TOKEN, PERSONAL, False),
        (TOKEN, PUBLIC, True),
        (PERSONAL, TOKEN, True),
        (COUNT, TOKEN, True),
        (COUNT, COUNT, False),
    ],
)
def test_a_column_is_at_least_as_strict_as_its_strictest_origin(
    own: Classified, origin: Classified, fits: bool
) -> None:
    columns = {"own": own, "origin": origin, "other": PUBLIC}
    assert (ColumnGraph(columns, {"own": {"own", "origin", "other"}}).misfits() == []) == fits


def test_an_origin_of_which_nothing_is_known_counts_as_personal() -> None:
    [misfit] = ColumnGraph({"own": TOKEN}, {"own": {"origin"}}).misfits()
    assert misfit.startswith("origin (personal) -> own (token):")


@pytest.mark.parametrize(
    ("select", "origins"),
    [
        ("select email as c from lines", {"lines.email"}),
        ("select coalesce(min(email), max(city)) as c from lines", {"lines.email", "lines.city"}),
        ("select map_agg(email, price) as c from lines", {"lines.email", "lines.price"}),
        (
            "select c from (select array_agg(email) as a from lines) cross join unnest(a) as t (c)",
            {"lines.email"},
        ),
        ("select if(email is null, 1, 2) as c from lines", {"lines.email"}),
        ("select a.price as c from lines as a join lines as b on a.email = b.email", {"lines.price"}),
        ("select sum(price) as c from lines where city = 'Rome' group by email", {"lines.price"}),
        ("select count(*) as c from lines", set()),
        ("select email as c from elsewhere.secret.people", {"elsewhere.secret.people.email"}),
        ("select missing.email as c from lines", {"missing.email, which lineage cannot follow"}),
    ],
)
def test_what_passes_a_value_on_is_an_origin_and_joins_and_filters_are_not(
    select: str, origins: set[str]
) -> None:
    lines = {name: {"data_type": "varchar"} for name in ("email", "city", "price")}
    source = {"database": "silver", "schema": "shop", "name": "lines", "columns": lines}
    made = {"database": "gold", "schema": "shop", "name": "made", "resource_type": "seed", "columns": {}}
    manifest = {
        "sources": {"lines": {**source, "relation_name": "silver.shop.lines"}},
        "nodes": {"made": made},
    }
    origins_of = made_from(manifest, {"made": select.replace("lines", "silver.shop.lines")})
    assert origins_of["gold.shop.made.c"] == {o.replace("lines", "silver.shop.lines") for o in origins}
