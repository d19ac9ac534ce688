"""`shopflow analysis`: lists and runs the example queries in `dbt_gold/analyses`."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from local_stack.errors import NotSetUpError, UnknownAnalysisError
from local_stack.home import Home
from local_stack.prepare.dbt import dbt
from shopflow_cli.query import Format, run_query


def descriptions(home: Home) -> dict[str, str]:
    """What each analysis shows, by name, from the dbt manifest of this home.

    Raises:
        NotSetUpError: the home has no manifest yet.
    """
    manifest = home.dbt_target / "manifest.json"
    if not manifest.exists():
        raise NotSetUpError(f"{home.path} has no dbt manifest yet. Run `shopflow up` first.")
    nodes = json.loads(manifest.read_text())["nodes"].values()
    analyses = {node["name"]: node["description"] for node in nodes if node["resource_type"] == "analysis"}
    return dict(sorted(analyses.items()))


def statement(home: Home, name: str) -> str:
    """Return the analysis as plain SQL for Trino.

    Raises:
        UnknownAnalysisError: there is no analysis of this name.
        DbtCommandError: dbt cannot compile it.
    """
    if name not in (known := descriptions(home)):
        raise UnknownAnalysisError(f"There is no analysis {name!r}. Choose one of: {', '.join(known)}.")
    # In a folder of its own, because runs read the manifest that `shopflow up` wrote.
    target = ["--target-path", str(home.path / "dbt" / "analysis")]
    # An analysis may be named like a model.
    chosen = f"{name},resource_type:analysis"
    output = dbt(home, home.settings(), "--quiet", "compile", *target, "--output", "json", "--select", chosen)
    return json.loads(output[output.index("{") :])["compiled"].strip()


def command(
    name: Annotated[str | None, typer.Argument(help="The one to run; without it, all are listed.")] = None,
    form: Annotated[Format, typer.Option("--format", help="Format of the rows.")] = Format.TABLE,
    show_sql: Annotated[bool, typer.Option("--sql", help="Print the statement instead of its rows.")] = False,
) -> None:
    """Run an example query on gold, e.g. `shopflow analysis top_customers`.

    The queries are in `dbt_gold/analyses`, each next to the one that it was adapted from.
    """
    home = Home.current()
    if name is None:
        table = Table("analysis", "what it shows")
        for known, description in descriptions(home).items():
            table.add_row(known, description)
        Console().print(table)
    elif show_sql:
        typer.echo(statement(home, name))
    else:
        run_query(home, statement(home, name), form)
