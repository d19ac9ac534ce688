"""Writes the data dictionary, from the contracts and dbt: `make docs`."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from shopflow_assets.descriptions.dbt_sources import trino_type
from shopflow_assets.gold.dbt.data_classes import Classified, classified
from shopflow_assets.registry import TABLES
from spark_jobs.contracts.contract import Column, conditions
from spark_jobs.contracts.table import Table
from spark_jobs.contracts.texts import DATE_FORM, PLACEHOLDERS, TIMESTAMP_FORM

CHECKOUT = Path(__file__).parents[2]
PROJECT = CHECKOUT / "dbt_gold"
FILE = CHECKOUT / "docs" / "data_dictionary.md"
HEADER = """# Data dictionary

Made from the contracts of silver and from dbt's models of gold by `make docs`; a change here is undone by
the next run of it. Names are those of Trino. The bronze files of a silver table have its columns, as text,
without the last three.

The class says what a column tells about people: `personal` describes a person, `token` stands for one,
`public` does neither. A gold column has at least the class of the columns it is made from; where it has not,
the reason follows its class."""
READING = f"""## How a received text is read

- Blanks of every script and characters that no one sees (zero-width ones, marks of direction, soft hyphens)
  are trimmed from both ends. Letters are brought to Unicode's form NFC: what looks alike is one text. A text
  with nothing left is an empty value.
- A required column refuses {", ".join(f"`{text.upper()}`" for text in PLACEHOLDERS)}, in upper and
  lower case.
- A date is `{DATE_FORM}`.
- A timestamp is `{TIMESTAMP_FORM}`. The blank may be a `T` or `t`, the `Z` a `z`,
  the point a comma. A blank may stand before the offset, which may be written `+02`, `+0200`, `+02:00` or
  `+00:19:32`, up to 18 hours. The basic form of ISO 8601 is read too: `20260131T100000.5Z`. A text without an
  offset is UTC. Digits behind the microseconds must be zeros. Week dates, ordinal dates, 24:00, leap seconds,
  names of zones and AM or PM are refused.
- A number has digits, and may have a sign and, where the column has decimals, a point. Nothing is rounded."""


def data_dictionary(manifest: Mapping[str, Any]) -> str:
    """All tables with all columns, silver first; `manifest` is dbt's manifest.json."""
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    # First the models that people query, then the intermediate ones that these are made from.
    models.sort(key=lambda model: (model["schema"], model["name"].startswith("int_"), model["name"]))
    silver = (line for table in TABLES for line in _silver_table(table))
    gold = (line for model in models for line in _gold_table(model, manifest))
    contents = [f"silver.{table.name}" for table in TABLES]
    contents += [_gold_name(model) for model in models]
    links = [f"- [{title}](#{title.replace('.', '')})" for title in contents]
    return "\n".join([HEADER, "", *links, "", READING, "", *silver, *gold]).rstrip() + "\n"


def _silver_table(table: Table) -> Iterator[str]:
    rules = table.rules
    yield from _heading(f"silver.{table.name}", table.description)
    yield from [f"Delta table, partitioned by {_names(rules.partition_by)}.{_key(rules.key)}", ""]
    rows = [
        (c.name, trino_type(c.dtype), "yes" if c.required else "", c.data_class, _meaning(c))
        for c in table.columns
    ]
    yield from _table(("column", "type", "required", "class", "meaning"), rows)
    rule_lines = [f"- `{rule.text}`" for rule in rules.rules]
    if rules.group_key:
        rule_lines.append(f"- the lines of one `{rules.group_key}` agree on {_names(rules.agree_on)}")
    if rule_lines:
        yield from ["Rules across columns and rows:", "", *rule_lines, ""]


def _gold_table(model: Mapping[str, Any], manifest: Mapping[str, Any]) -> Iterator[str]:
    yield from _heading(_gold_name(model), model["description"].strip())
    kind = "View" if model["config"]["materialized"] == "view" else "Iceberg table"
    key = model["config"].get("unique_key") or []
    read = [manifest["sources"].get(node) or manifest["nodes"][node] for node in model["depends_on"]["nodes"]]
    made_from = sorted({f"`{node['database']}.{node['schema']}.{node['name']}`" for node in read})
    key_text = _key([key] if isinstance(key, str) else key)
    yield from [f"{kind}, made from {', '.join(made_from)}.{key_text}", ""]
    classes = classified(model)
    rows = [
        (name, c["data_type"], _class(classes[name]), c["description"].strip())
        for name, c in model["columns"].items()
    ]
    yield from _table(("column", "type", "class", "meaning"), rows)


def _class(column: Classified) -> str:
    return f"{column.data_class}: {column.declassified}" if column.declassified else column.data_class


def _gold_name(model: Mapping[str, Any]) -> str:
    return f"gold.{model['schema']}.{model['name']}"


def _heading(title: str, description: str) -> list[str]:
    return [f"## {title}", "", description, ""]


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _key(names: Sequence[str]) -> str:
    return f" Key: {_names(names)}." if names else ""


def _meaning(column: Column) -> str:
    return "; ".join([column.description, *conditions(column)])


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for row in (header, ["---"] * len(header), *rows):
        cells = (cell.replace("|", r"\|") for cell in row)
        yield f"| {' | '.join(cells)} |"
    yield ""


def _parsed_project() -> Mapping[str, Any]:
    dbt = Path(sys.executable).with_name("dbt")
    with tempfile.TemporaryDirectory() as folder:
        places = ["--project-dir", PROJECT, "--profiles-dir", PROJECT, "--target-path", folder]
        subprocess.run([dbt, "--quiet", "parse", *places, "--log-path", folder], check=True)
        return json.loads((Path(folder) / "manifest.json").read_text())


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(data_dictionary(_parsed_project()))
