"""`shopflow snapshot`: lands the present rows of a domain's database, and goes on from there."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from local_stack.environments import enter_dagster_environment
from local_stack.errors import DomainError, NotLandedError, UnreachableError
from local_stack.home import Home
from local_stack.services.supervision import settings_to_use
from shopflow_assets.errors import ShopFlowError


def snapshot(home: Home, domain: str, console: Console) -> None:
    """Land the present rows of all tables in a new epoch.

    Raises:
        DomainError: There is no such domain, or its source is no database.
        NotLandedError: The database cannot be read, another landing was faster, or a disk is full.
        UnreachableError: MinIO does not answer.
    """
    enter_dagster_environment(home, settings_to_use(home))
    from botocore.exceptions import BotoCoreError

    from shopflow_assets.disk import room_on_disk
    from shopflow_assets.registry import DOMAINS
    from shopflow_assets.sources.database.database import Database

    databases = {name: each.source for name, each in DOMAINS.items() if isinstance(each.source, Database)}
    if domain not in databases:
        known = ", ".join(databases)
        raise DomainError(f"There is no domain {domain!r} whose source is a database; there are: {known}.")
    try:
        with console.status("landing the present rows"), room_on_disk(home.path):
            landed = databases[domain].snapshot(DOMAINS[domain].tables, datetime.now(UTC))
    except ShopFlowError as error:
        raise NotLandedError(str(error)) from error
    except BotoCoreError as error:
        raise UnreachableError("MinIO", error) from error
    # Each table begins with a truncate, which is no row.
    rows = sum(files[-1].records - 1 for files in landed.files.values())
    day = landed.partition_date
    console.print(f"{rows:,} rows are landed on {day}, as epoch {landed.epoch}. Later positions win.")
    console.print(f"Next: shopflow backfill {day} {day} --domain {domain}")


def command(
    domain: Annotated[str, typer.Option(help="The domain whose database is landed.")] = "shop",
) -> None:
    """Land the present rows of a domain's database, and go on from there.

    It is the way back when changes were lost: after a replication slot was lost, a table left the
    publication, another server took over, or SHOPFLOW_OLTP_MODE was changed. What is landed stays. Rows that
    were deleted meanwhile end.
    """
    snapshot(Home.current(), domain, Console(highlight=False, soft_wrap=True))
