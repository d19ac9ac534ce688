"""Puts the marketplace's exports into the inbox, and records what is true about them."""

from collections.abc import Callable
from datetime import date

from rich.console import Console

from local_stack.errors import FeedRefusedError, UnreachableError
from local_stack.home import Home
from local_stack.services.supervision import settings_to_use
from local_stack.settings import Settings
from shop_simulator.errors import SimulationError
from shop_simulator.marketplace.truth import DayTruth
from shopflow_cli.simulate.progress import progress_over

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
    with progress_over((end - start).days + 1, console) as advance:

        def on_day(truth: DayTruth) -> None:
            truths.append(truth)
            advance(truth.date)

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
