"""`shopflow simulate`: puts the marketplace's exports into the inbox, and records what is true about them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from local_stack.errors import FeedRefusedError, UnreachableError
from local_stack.home import Home
from local_stack.services.supervision import settings_to_use
from local_stack.settings import Settings
from shop_simulator.errors import SimulationError
from shop_simulator.marketplace.truth import DayTruth
from shopflow_cli.days import parse_day

INBOX = "inbox"
# Simulated days can be long past or in the future, so the pipeline does not check how late they arrive.
SIMULATED = {"origin": "simulated"}


def simulate_feed(
    home: Home, start: date, end: date, console: Console, *, orders: int = 5000, seed: int = 42
) -> list[DayTruth]:
    """Make the exports of the days from `start` to `end` and upload them to the inbox as its owner.

    Raises:
        FeedRefusedError: The simulator refuses the range, or the inbox refuses a file.
        UnreachableError: MinIO does not answer.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    from shop_simulator.marketplace.simulation import DOMAIN, simulate

    truths: list[DayTruth] = []
    columns = (TextColumn("  {task.description}"), BarColumn(bar_width=24), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        task = progress.add_task(str(start), total=(end - start).days + 1)

        def on_day(truth: DayTruth) -> None:
            truths.append(truth)
            progress.update(task, description=truth.date, advance=1)

        try:
            simulate(
                start,
                end,
                orders_per_day=orders,
                seed=seed,
                put=_upload(settings_to_use(home)),
                truth_dir=home.truth,
                on_day=on_day,
            )
        except SimulationError as error:
            raise FeedRefusedError(f"Nothing was simulated: {error}.") from error
        except ClientError as error:
            raise FeedRefusedError(f"The inbox refused a file: {error}") from error
        except BotoCoreError as error:
            raise UnreachableError("MinIO", error) from error
    lines, defects = sum(t.records for t in truths), sum(t.quarantined_lines for t in truths)
    days = "1 day" if len(truths) == 1 else f"{len(truths)} days"
    counts = f"{days}, {lines:,} order lines, {defects:,} of them defective on purpose"
    places = f"in s3://{INBOX}/{DOMAIN}/; the true numbers are in {home.truth}"
    console.print(f"  {counts}\n  {places}", highlight=False, soft_wrap=True)
    return truths


def _upload(settings: Settings) -> Callable[[str, bytes], None]:
    import boto3

    client = boto3.client(
        "s3",
        endpoint_url=settings.s3_endpoint,
        region_name=settings.s3_region,
        aws_access_key_id=settings.minio_root_user,
        aws_secret_access_key=settings.minio_root_password.get_secret_value(),
    )

    def put(key: str, body: bytes) -> None:
        client.put_object(Bucket=INBOX, Key=key, Body=body, Metadata=SIMULATED)

    return put


def next_steps(start: date, end: date, first_partition: date, today: date) -> list[str]:
    """What to do with the simulated days: a run takes days from the first partition to today only."""
    first, last = max(start, first_partition), min(end, today)
    steps = [f"Next: shopflow backfill {first} {last}"] if first <= last else []
    if start < first_partition:
        steps.append(
            f"Days before {first_partition} cannot be run: that is this stack's SHOPFLOW_START_DATE."
        )
    if end > today:
        coming = max(start, today + timedelta(days=1))
        steps.append(f"Days from {coming} on can be run when they have begun; today is {today} (UTC).")
    return steps


def command(
    first: Annotated[str, typer.Argument(metavar="FROM", help="First day, YYYY-MM-DD, from 2026-01-01 on.")],
    last: Annotated[str, typer.Argument(metavar="TO", help="Last day, YYYY-MM-DD; included.")],
    orders: Annotated[int, typer.Option(help="About how many orders a day's export holds.")] = 5000,
    seed: Annotated[int, typer.Option(help="Another seed gives other orders.")] = 42,
) -> None:
    """Put one marketplace export per day into the inbox: orders.csv and orders.jsonl, with defects.

    The same seed and day give the same bytes. The defects, the true counts and the cents are written to
    `$SHOPFLOW_HOME/truth/`; the pipeline does not read them.
    """
    home, console = Home.current(), Console(highlight=False, soft_wrap=True)
    start, end = parse_day(first), parse_day(last)
    simulate_feed(home, start, end, console, orders=orders, seed=seed)
    for step in next_steps(start, end, home.settings().start_date, datetime.now(UTC).date()):
        console.print(step)
