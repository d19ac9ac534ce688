"""The contracts of the shop's tables have the columns, types, nullability and keys of its database."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from spark_jobs.contracts import shop
from spark_jobs.contracts.contract import DataClass
from spark_jobs.contracts.table import Table, table_of
from spark_jobs.contracts.versions import OPERATION, POSITION, WITH_KEY, VersionContract
from spark_jobs.sql_types import sql_type

SCHEMA = (Path(__file__).parents[3] / "infra" / "postgres" / "shop" / "schema.sql").read_text()
TABLES = dict(re.findall(r"create table if not exists shop\.(\w+) \((.*?)\n\);", SCHEMA, re.DOTALL))
COLUMN = re.compile(r"^ +(\w+) (bigint|int|text|timestamp|date|numeric\(\d+, \d+\))(.*?),?$", re.MULTILINE)
KEY = re.compile(r"primary key \((.*?)\)")
# They never leave the server: readers.sql neither publishes nor grants them.
CARD = {"card_number", "card_expiry", "card_cvc"}
TYPES = {"text": "string", "timestamp": "timestamp_ntz"}
# By the column's name, or by table and column.
CLASSES: dict[str, DataClass] = {
    "customers.name": "personal",
    "email": "personal",
    "street": "personal",
    "postal_code": "personal",
    "customer_id": "token",
    "_old_key": "token",
    "card_token": "token",
    "charge_id": "token",
    "tracking_number": "token",
}


def _contract(table: str) -> type[VersionContract]:
    module = import_module(f"{shop.__name__}.{table}")
    versions = (value for value in vars(module).values() if isinstance(value, type))
    [contract] = (c for c in versions if issubclass(c, VersionContract) and c is not VersionContract)
    return contract


def _table(name: str) -> Table:
    return table_of(_contract(name))


def test_every_table_has_a_contract() -> None:
    assert {module.name for module in iter_modules(shop.__path__)} - {"money"} == TABLES.keys()


@pytest.mark.parametrize("name", TABLES)
def test_columns_are_those_of_the_database(name: str) -> None:
    declared = [
        (
            column,
            TYPES.get(kind, kind.replace("numeric", "decimal")),
            # A shop that is read by its change stream need not fill it.
            ("not null" in rest or "primary" in rest) and column != "updated_at",
        )
        for column, kind, rest in COLUMN.findall(TABLES[name])
        if column not in CARD
    ]
    of_contract = [(c.name, sql_type(c.dtype), c.required) for c in _table(name).source_columns]
    assert [name for name, *_ in of_contract[:6]] == ["_pos", "_op", "_at", "_xid", "_old_key", "_unchanged"]
    assert of_contract[6:] == declared


@pytest.mark.parametrize("name", TABLES)
def test_what_watermark_windows_look_for_has_an_index(name: str) -> None:
    assert f"on shop.{name} (updated_at);" in SCHEMA


@pytest.mark.parametrize("name", TABLES)
def test_the_key_is_the_databases_key_and_the_position(name: str) -> None:
    listed = KEY.search(TABLES[name])
    own = [column for column, _, rest in COLUMN.findall(TABLES[name]) if "primary key" in rest]
    key = listed[1].split(", ") if listed else own
    table = _table(name)
    assert table.rules.key == (*key, POSITION)
    assert _contract(name).to_schema().unique == [*key, POSITION, "partition_date"]
    assert [c.name for c in table.source_columns if c.required_for == WITH_KEY] == key
    assert table.rules.unknown_columns == "report"


@pytest.mark.parametrize("name", TABLES)
def test_a_closed_list_is_the_databases(name: str) -> None:
    lists = re.findall(r"check \((\w+) in \((.*?)\)\)", TABLES[name])
    declared = {column: tuple(re.findall("'(.*?)'", values)) for column, values in lists}
    columns = _table(name).source_columns
    assert {c.name: c.allowed for c in columns if c.allowed and c.name != OPERATION} == declared


@pytest.mark.parametrize("name", TABLES)
def test_personal_data_and_tokens_are_marked(name: str) -> None:
    for column in _table(name).source_columns:
        expected = CLASSES.get(f"{name}.{column.name}") or CLASSES.get(column.name, "public")
        assert column.data_class == expected, column.name
