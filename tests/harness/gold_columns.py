"""The declared classes of gold's columns, and from which columns each is made, without a database.

sqlglot finds the origins in the models' SQL, as it does for the lineage in Dagster. dagster-dbt leaves out
what sqlglot cannot follow; here that is an origin of its own. Joins, filters and groups are no origins. A
condition in an expression is one.
"""

import json
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from sqlglot import MappingSchema, exp, to_table
from sqlglot.errors import SqlglotError
from sqlglot.lineage import Node, lineage

from shopflow_assets.gold.dbt.data_classes import Classified, classified

DIALECT = "trino"
# The models are compiled as if their tables existed, and as if each look-up found one day.
WITHOUT_DATABASE = {
    "macro.dbt.is_incremental": "{% macro is_incremental() %}{{ return(true) }}{% endmacro %}",
    "macro.shopflow_gold.look_up": """
        {% macro look_up(lists, query) %}
            {% for name in lists %} {% do lists[name].append('2026-01-01') %} {% endfor %}
            {{ return(lists) }}
        {% endmacro %}
    """,
}


def manifest_and_sql(project: Path, target: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """dbt's manifest of a project, and the compiled SQL of each model by the id of its node."""
    folders = ["--project-dir", str(project), "--profiles-dir", str(project)]
    folders += ["--target-path", str(target), "--log-path", str(target)]
    parsed = _dbt(None, ["parse", *folders]).result
    assert isinstance(parsed, Manifest)
    for macro, text in WITHOUT_DATABASE.items():
        parsed.macros[macro].macro_sql = text
    models = ["--select", "resource_type:model", "--indirect-selection", "empty"]
    unconnected = ["--no-introspect", "--no-populate-cache"]
    compiled: Any = _dbt(parsed, ["compile", *unconnected, *models, *folders]).result
    manifest = json.loads((target / "manifest.json").read_text())
    return manifest, {of.node.unique_id: of.node.compiled_code for of in compiled.results}


def _dbt(manifest: Manifest | None, arguments: list[str]) -> dbtRunnerResult:
    # pytest would turn dbt's own warnings into errors.
    with warnings.catch_warnings(action="ignore"):
        outcome = dbtRunner(manifest).invoke(["--quiet", *arguments])
    assert outcome.success, outcome.exception or outcome.result
    return outcome


def declared(manifest: Mapping[str, Any]) -> dict[str, Classified]:
    """What is declared of each column of silver and gold, by `layer.schema.table.column`."""
    return {
        f"{_name(table)}.{column}": found
        for table in _tables(manifest)
        for column, found in classified(table).items()
    }


def made_from(manifest: Mapping[str, Any], sql: Mapping[str, str]) -> dict[str, set[str]]:
    """The direct origins of each column of gold, both by `layer.schema.table.column`."""
    schema = MappingSchema(dialect=DIALECT)
    for table in _tables(manifest):
        types = {name: column["data_type"] for name, column in table["columns"].items()}
        schema.add_table(to_table(table["relation_name"], dialect=DIALECT), types, dialect=DIALECT)
    found = {}
    for model, text in sql.items():
        table = _name(manifest["nodes"][model])
        try:
            roots = lineage(None, text, schema, dialect=DIALECT)
        except SqlglotError as error:
            error.add_note(f"sqlglot cannot read the SQL of {table}.")
            raise
        found |= {f"{table}.{column}": set(_origins(root)) for column, root in roots.items()}
    return found


def _origins(root: Node) -> Iterator[str]:
    for leaf in root.walk():
        if leaf.downstream:
            continue
        if isinstance(leaf.expression, exp.Table):
            names = [part.name for part in (*leaf.expression.parts, exp.to_column(leaf.name))]
            yield ".".join(names)
        elif isinstance(leaf.expression, exp.Placeholder) or leaf.expression.find(exp.Column):
            yield f"{leaf.name}, which lineage cannot follow"
        # Anything else is a literal, or counts rows.


def _tables(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from manifest["sources"].values()
    yield from (node for node in manifest["nodes"].values() if node["resource_type"] == "model")


def _name(table: Mapping[str, Any]) -> str:
    return f"{table['database']}.{table['schema']}.{table['name']}"
