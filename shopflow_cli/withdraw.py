"""`shopflow withdraw`: takes a landed file back, so that its records leave silver and gold."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from local_stack.environments import enter_dagster_environment
from local_stack.errors import DomainError, NotWithdrawnError, UnreachableError
from local_stack.home import Home
from local_stack.services.supervision import settings_to_use
from shopflow_assets.errors import ShopFlowError
from shopflow_cli.days import parse_day
from spark_jobs.shown_text import shown

if TYPE_CHECKING:
    from shopflow_assets.domain import Domain
    from shopflow_assets.sources.files.withdrawal import LandedSource


def withdraw(home: Home, day: date, file: str | None, domain: str | None, console: Console) -> None:
    """Withdraw a landed file of a day; without a file, show what is landed.

    Raises:
        DomainError: There is no such domain.
        NotWithdrawnError: No such file is landed, it is in the inbox, or MinIO refused.
        UnreachableError: MinIO does not answer.
    """
    enter_dagster_environment(home, settings_to_use(home))
    from botocore.exceptions import BotoCoreError, ClientError

    from shopflow_assets.sources.files import withdrawal

    try:
        landed = withdrawal.landed_sources(_domains(domain), day)
        if file is None:
            _show(landed, day, console)
            return
        chosen = withdrawal.find(file, day, landed)
        manifest = withdrawal.withdraw(chosen, day, datetime.now(UTC))
    except ShopFlowError as error:
        raise NotWithdrawnError(str(error)) from error
    except (BotoCoreError, ClientError) as error:
        raise UnreachableError("MinIO", error) from error
    console.print(f"{shown(chosen.file.source)} is withdrawn. Its bytes stay in bronze:", markup=False)
    console.print(f"  s3://datalake/{manifest.prefix}{chosen.file.name}", markup=False)
    if not manifest.files:
        console.print(f"It was the last file of {chosen.table} on {day}: the day will have no records.")
    only = f" --domain {domain}" if domain else ""
    console.print("To take its records out of silver and gold:")
    console.print(f"  shopflow backfill {day} {day}{only}")


def _domains(name: str | None) -> "Sequence[Domain]":
    from shopflow_assets.registry import DOMAINS
    from shopflow_assets.sources.files.inbox import Inbox

    if name and name not in DOMAINS:
        raise DomainError(f"There is no domain {name!r}; there are: {', '.join(DOMAINS)}.")
    if name and not isinstance(DOMAINS[name].source, Inbox):
        raise DomainError(
            f"The domain {name} is read from a database, so there is no file to withdraw. Correct the rows"
            " there: the next landing brings the correction."
        )
    return [DOMAINS[name]] if name else list(DOMAINS.values())


def _show(landed: "Sequence[LandedSource]", day: date, console: Console) -> None:
    if not landed:
        console.print(f"Nothing is landed on {day}.")
        return
    from shopflow_assets.sources.files.withdrawal import name_in_folder

    table = Table(box=None, pad_edge=False)
    for column in ("table", "landed file", "records", "landed at (UTC)", "in the inbox"):
        table.add_column(column, overflow="fold")
    for each in landed:
        is_there = "yes" if each.is_in_inbox else "[yellow]no"
        at = f"{each.file.landed_at:%Y-%m-%d %H:%M}"
        name = shown(name_in_folder(each.file.source, day))
        table.add_row(each.table, escape(name), f"{each.file.records:,}", at, is_there)
    console.print(table)
    console.print(f"To withdraw one that is no longer in the inbox: shopflow withdraw {day} FILE")


def command(
    day: Annotated[str, typer.Argument(metavar="DAY", help="The day of delivery, YYYY-MM-DD.")],
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE]", help="Its name in the day's folder of the inbox; without it, list the files."
        ),
    ] = None,
    domain: Annotated[
        str | None, typer.Option(help="Only the tables of this domain; all domains without it.")
    ] = None,
) -> None:
    """Withdraw a landed FILE of a DAY, e.g. after it was taken out of the inbox.

    The next backfill of the day takes its records out of silver and gold. Its bytes stay in bronze. Without
    FILE, the day's landed files are listed, and those marked that are no longer in the inbox.
    """
    console = Console(highlight=False, soft_wrap=True)
    withdraw(Home.current(), parse_day(day), file, domain, console)
