"""`shopflow analysis`: the example queries of `dbt_gold/analyses`, listed and run."""

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
    """What each analysis shows, by name, as the manifest of this home says.

    Raises:
        NotSetUpError: the home has no manifest yet.
    """
    manifest = home.dbt_target / "manifest.json"
    if not manifest.exists():
        raise NotSetUpError(f"{home.path} has no dbt manifest yet. Run `shopflow up` first.")
    nodes = json.loads(manifest.read_text())["nodes"].values()
    found = {node["name"]: node["description"] for node in nodes if node["resource_type"] == "analysis"}
    return dict(sorted(found.items()))


def statement(home: Home, name: str) -> str:
    """Return the analysis as plain SQL for Trino.

    Raises:
        UnknownAnalysisError: there is none of this name.
        DbtCommandError: dbt cannot compile it.
    """
    if name not in (known := descriptions(home)):
        raise UnknownAnalysisError(f"no analysis is named {name!r}; there are {', '.join(known)}.")
    # A folder of its own: runs read the manifest of `shopflow up`.
    target = ["--target-path", str(home.path / "dbt" / "analysis")]
    said = dbt(home, home.settings(), "--quiet", "compile", *target, "--output", "json", "--select", name)
    return json.loads(said[said.index("{") :])["compiled"].strip()


def command(
    name: Annotated[str | None, typer.Argument(help="Which one to run; without it they are listed.")] = None,
    form: Annotated[Format, typer.Option("--format", help="How to write the rows.")] = Format.TABLE,
    show_sql: Annotated[bool, typer.Option("--sql", help="Print the statement instead of its rows.")] = False,
) -> None:
    """Run an example query on gold, e.g. `shopflow analysis top_customers`.

    Their sources are in `dbt_gold/analyses`, each beside the query it was adapted from.
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
