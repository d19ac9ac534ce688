"""The `shopflow` command: each function reads arguments, calls one function and shows its result."""

import json
import os
import shlex
import shutil
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from local_stack.errors import NotAHomeError, ShopFlowError
from local_stack.home import Home
from local_stack.prepare import preparation
from local_stack.settings import HOST, Settings
from shopflow_cli import analysis, backfill, demo, follow_run, quarantine, query, snapshot, withdraw
from shopflow_cli.diff import diff
from shopflow_cli.simulate import command as simulate

console = Console()
errors = Console(stderr=True)

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="""ShopFlow on this machine: Dagster, MinIO, Spark and Delta, Trino and Iceberg, dbt, PostgreSQL.

Everything of one stack lives in its home: the folder `SHOPFLOW_HOME` (default: `.shopflow` in the checkout).

First steps:

- `shopflow up` starts everything and prints the URLs
- `shopflow simulate 2026-01-01 2026-01-03` puts three days of orders into the inbox
- `shopflow backfill 2026-01-01 2026-01-03` brings them through bronze, silver and gold
- `shopflow sql "select * from gold.quality.published_days order by 1, 2"`
- `shopflow down` stops everything and keeps the data
""",
)


@app.command()
def up() -> None:
    """Start everything, prepare buckets, databases and tables, and print the addresses. Can be repeated."""
    from local_stack.up import up as bring_up
    from shopflow_cli.status import addresses

    home = Home.current()
    settings = bring_up(home, console)
    table = Table("service", "address")
    for name, (_, url) in addresses(settings).items():
        if url:
            table.add_row(name, url)
    console.print(table)
    console.print(f"Dagster's pages: {settings.dagster_url}")


@app.command()
def init() -> None:
    """Create the home with ports and random secrets in its `.env`, without starting anything."""
    home = Home.current()
    home.claim()
    # Settings that a newer version has and the file lacks get their defaults. Exported ones are left to `up`,
    # which knows whether the stack runs with others.
    Settings.load(home.env_file).save(home.env_file)
    console.print(f"Ports and secrets are in {home.env_file}", highlight=False, soft_wrap=True)


@app.command()
def fetch(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="ENGINE", help="Only these; without a name, all.")
    ] = None,
) -> None:
    """Fetch the engines that are not in the cache, without starting anything. `up` does it as well."""
    from local_stack.engines import fetch as fetching
    from local_stack.home import cache

    if names:
        fetching.fetch(cache(), console, names)
    else:
        fetching.engines(cache(), console)


@app.command()
def down() -> None:
    """Stop everything of this home. The data stays."""
    from local_stack.services.supervision import Supervisor

    home = Home.current()
    Supervisor(home).stop()
    console.print(f"Everything of {home.path} is stopped.")


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list, for programs.")] = False,
) -> None:
    """Show whether each service runs and answers. The exit status is 1 when one of them is not healthy."""
    from shopflow_cli import status as stack_status

    home = Home.current()
    lines = stack_status.status(home)
    if as_json:
        sys.stdout.write(json.dumps([line.as_json() for line in lines], indent=2) + "\n")
    else:
        stack_status.show(lines, console)
    raise typer.Exit(0 if all(line.healthy for line in lines) else 1)


@app.command()
def logs(
    service: Annotated[str, typer.Argument(help="A service, as `shopflow status` names it.")],
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Show new lines until Ctrl-C.")] = False,
    lines: Annotated[int, typer.Option("-n", help="How many lines to show.")] = 50,
) -> None:
    """Show the end of a service's log, e.g. `shopflow logs trino -n 100 --follow`."""
    from local_stack.services import logs as log_files

    file = log_files.log_file(Home.current(), service)
    for line in log_files.last_lines(file, lines):
        sys.stdout.write(line + "\n")
    if follow:
        for line in log_files.follow(file):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()


@app.command()
def env() -> None:
    """Print addresses and the owner's secrets as shell exports. Use it as `eval "$(shopflow env)"`."""
    settings = Home.current().settings()
    exports = {
        "AWS_ENDPOINT_URL": settings.s3_endpoint,
        "AWS_ACCESS_KEY_ID": settings.minio_root_user,
        "AWS_SECRET_ACCESS_KEY": settings.minio_root_password.get_secret_value(),
        "AWS_REGION": settings.s3_region,
        "TRINO_HOST": HOST,
        "TRINO_PORT": str(settings.trino_port),
        "SHOPFLOW_OLTP_URL": settings.shop_url,
        "DAGSTER_URL": settings.dagster_url,
    }
    for name, value in exports.items():
        sys.stdout.write(f"export {name}={shlex.quote(value)}\n")


@app.command()
def reset(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Stop everything and delete this home with all its data. The cache of engines stays."""
    from local_stack.services.supervision import Supervisor

    home = Home.current()
    if not home.env_file.exists():
        raise NotAHomeError(f"{home.path} is not a ShopFlow home (it has no .env); nothing was deleted.")
    if not yes:
        typer.confirm(f"Delete {home.path} with all data in it?", abort=True)
    Supervisor(home).stop()
    shutil.rmtree(home.path)
    console.print(f"{home.path} is deleted.")


app.command("prepare")(preparation.command)
app.command("simulate")(simulate.command)
app.command("backfill")(backfill.command)
app.command("follow")(follow_run.command)
# A statement that begins with a comment (`-- …`) is no option.
app.command("sql", context_settings={"ignore_unknown_options": True})(query.command)
app.command("analysis")(analysis.command)
app.command("quarantine")(quarantine.command)
app.command("withdraw")(withdraw.command)
app.command("snapshot")(snapshot.command)
app.command("diff")(diff.command)
app.command("demo")(demo.command)


def main() -> None:
    """Run the command; a ShopFlowError becomes one message and exit status 1."""
    # A proxy is for downloads only: the stack's own services are on this machine.
    others = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    # `*` means all hosts only when it is the whole value.
    if (others or "").strip() != "*":
        os.environ["no_proxy"] = ",".join(filter(None, (others, HOST)))
    try:
        app()
    except ShopFlowError as error:
        errors.print(f"[red]error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
