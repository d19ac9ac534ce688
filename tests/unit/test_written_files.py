"""Files that are written from the contracts and from dbt are up to date."""

import json
import re
from pathlib import Path

from shopflow_assets.descriptions.data_dictionary import FILE, data_dictionary
from shopflow_assets.descriptions.dbt_sources import SOURCES_FILE, sources_yaml
from shopflow_assets.descriptions.dbt_versions import version_tables, versions_file, versions_yaml


def test_dbt_sources_are_what_the_contracts_say() -> None:
    assert SOURCES_FILE.read_text() == sources_yaml(), "run `make sources`"


def test_models_of_versions_are_what_the_contracts_say() -> None:
    for domain, tables in version_tables().items():
        assert versions_file(domain).read_text() == versions_yaml(tables), "run `make sources`"


def test_the_model_of_emptied_tables_reads_every_table_of_the_database() -> None:
    for domain, tables in version_tables().items():
        model = versions_file(domain).parent / "versions" / "int_truncations.sql"
        listed = re.findall(r"'(\w+)'", model.read_text().partition("%}")[0])
        assert sorted(listed) == sorted(table.rules.table for table in tables), f"list them in {model}"


def test_the_data_dictionary_is_what_the_contracts_and_dbt_say(pipeline: Path) -> None:
    manifest = json.loads((pipeline / "dbt" / "target" / "manifest.json").read_text())
    assert FILE.read_text() == data_dictionary(manifest), "run `make docs`"
