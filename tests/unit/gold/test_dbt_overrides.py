"""The macros that replace dbt's own: each is explained, and dbt's own is still the one that we replaced."""

import hashlib
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import pytest

from local_stack.home import CHECKOUT

OVERRIDES = CHECKOUT / "dbt_gold" / "macros" / "trino"
PAGE = (CHECKOUT / "docs" / "dbt_overrides.md").read_text()
OURS = "shopflow_gold"
# dbt's own macros that ours stand for, with a hash of their text. After a change read the new text, and the
# page; change our macro if need be, then the hash.
REPLACED = {
    "macro.dbt.default__generate_schema_name": "d3657998f1f023b5",
    "macro.dbt.default__get_where_subquery": "f3a16657472cf800",
    "macro.dbt_trino.materialization_incremental_trino": "61cf9d503d01afce",
    "macro.dbt_trino.materialization_view_trino": "2e56ad29f5867ae9",
    "macro.dbt_trino.properties": "518deec1e8bd35dd",
    "macro.dbt_trino.trino__create_table_as": "ad4f8f0f2d09c861",
    "macro.dbt_trino.trino__create_view_as": "5d5deef39b896af4",
    "macro.dbt_trino.trino__generate_schema_name": "9828a9ee562d8519",
    "macro.dbt_trino.trino__get_merge_sql": "5197316841b39ca2",
}
# dbt has no macro of these names; they stand for functions that dbt builds in.
BUILT_IN = {"source"}


@pytest.fixture(scope="module")
def macros(pipeline: Path) -> dict[str, Any]:
    """All macros that dbt knows, by their ids."""
    return json.loads((pipeline / "dbt" / "target" / "manifest.json").read_text())["macros"]


def plain_name(macro: dict[str, Any]) -> str:
    """The name under which dbt calls a macro: for x it finds trino__x, default__x, or a materialization x."""
    return re.sub("^(default__|trino__|materialization_)|_trino$", "", macro["name"])


def overrides(macros: dict[str, Any]) -> dict[str, Path]:
    """Our macros that bear a name of dbt's, with the file of each."""
    theirs = {
        name for m in macros.values() if m["package_name"] != OURS for name in (m["name"], plain_name(m))
    }
    ours = [m for m in macros.values() if m["package_name"] == OURS]
    return {
        plain_name(m): CHECKOUT / "dbt_gold" / m["original_file_path"]
        for m in ours
        if m["name"] in theirs or plain_name(m) in theirs or m["name"] in BUILT_IN
    }


def test_every_override_stands_in_one_folder(macros: dict[str, Any]) -> None:
    assert {file.parent for file in overrides(macros).values()} == {OVERRIDES}


def test_the_page_names_every_override(macros: dict[str, Any]) -> None:
    on_page = set(re.findall(r"^## `(\w+)`$", PAGE, flags=re.MULTILINE))
    assert overrides(macros).keys() == on_page


def test_the_page_names_tests_that_exist() -> None:
    tests = "".join(file.read_text() for file in (CHECKOUT / "tests").rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert named
    assert {name for name in named if f"def {name}(" not in tests} == set()


@pytest.mark.parametrize("replaced", REPLACED)
def test_a_macro_that_we_replace_is_as_it_was_then(macros: dict[str, Any], replaced: str) -> None:
    text = " ".join(macros[replaced]["macro_sql"].split())
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == REPLACED[replaced], (
        f"dbt changed {replaced}: read docs/dbt_overrides.md"
    )


def call(macro: str, *arguments: Any, **context: Any) -> str:
    """What one of the overrides writes, without dbt."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    template = environment.from_string((OVERRIDES / f"{macro}.sql").read_text(), context)
    return getattr(template.module, macro)(*arguments).strip()


@pytest.mark.parametrize("folders", [["shop"], ["shop", "facts"]])
def test_the_schema_of_a_model_is_its_first_folder(folders: list[str]) -> None:
    model = SimpleNamespace(resource_type="model", name="orders", fqn=["shopflow_gold", *folders, "orders"])
    assert call("generate_schema_name", None, model) == "shop"


def test_a_model_outside_of_a_folder_is_refused() -> None:
    model = SimpleNamespace(resource_type="model", name="orders", fqn=["shopflow_gold", "orders"])

    def refuse(message: str) -> None:
        raise LookupError(message)

    with pytest.raises(LookupError, match="orders is not in a folder"):
        call("generate_schema_name", None, model, exceptions=SimpleNamespace(raise_compiler_error=refuse))


def test_a_model_adds_its_properties_to_those_of_all_tables() -> None:
    config = {"properties": {"partitioning": "array['month(order_date)']"}}
    written = call("properties", config=config)
    assert "partitioning = array['month(order_date)']" in written
    assert "extra_properties = map(array['commit.manifest.min-count-to-merge'], array['2'])" in written
    assert "format_version = 2" in written


@pytest.mark.parametrize(
    ("versions", "wanted"),
    [
        ('{"ecommerce.order_lines": 7}', "silver.ecommerce.order_lines for version as of 7"),
        ('{"ecommerce.order_lines": 0}', "silver.ecommerce.order_lines for version as of 0"),
        ('{"post.parcels": 7}', "silver.ecommerce.order_lines"),
        ("{}", "silver.ecommerce.order_lines"),
    ],
)
def test_a_source_is_read_in_the_version_of_the_run(versions: str, wanted: str) -> None:
    written: list[str] = []
    call(
        "source",
        "ecommerce",
        "order_lines",
        builtins=SimpleNamespace(source=lambda schema, table: f"silver.{schema}.{table}"),
        env_var=lambda name, default: versions,
        fromjson=json.loads,
        execute=True,
        **{"return": written.append},
    )
    assert written == [wanted]
