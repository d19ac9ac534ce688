"""A disk that is nearly full is named by `status`, `up` and runs; the same run goes on after room is made."""

import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.harness.stack import Stack
from tests.platform.deliveries.carrier import LANDING_STEP, Calendar, Carrier
from tests.platform.recovery.interruption import interrupted, service, stopped

pytestmark = pytest.mark.kills


@contextmanager
def small_disk(stack: Stack, folder: Path) -> Generator[Path]:
    """Give MinIO a disk of 20 GB, which takes only as much of the real one as is written to it.

    Skips the test where disks cannot be mounted: without root, or in a container without the right to.
    """
    data, image, aside = stack.home.path / "minio", folder / "disk", folder / "minio"
    with image.open("wb") as file:
        file.truncate(20_000_000_000)
    try:
        run("mkfs.ext4", "-q", "-m", "0", image)
        aside.mkdir()
        run("mount", "-o", "loop", image, aside)
        run("umount", aside)
        aside.rmdir()
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        pytest.skip(f"no small disk can be mounted here: {error}")
    with stopped(stack, "minio"):
        shutil.move(data, aside)
        data.mkdir()
        run("mount", "-o", "loop", image, data)
        run("cp", "-a", f"{aside}/.", data)
    try:
        yield data
    finally:
        with stopped(stack, "minio"):
            shutil.rmtree(aside)
            run("cp", "-a", data, aside)
            run("umount", data)
            data.rmdir()
            shutil.move(aside, data)


def run(*words: str | Path) -> None:
    subprocess.run(words, check=True)


def test_a_run_that_meets_a_full_disk_says_so_and_goes_on_after_room_is_made(
    carrier: Carrier, calendar: Calendar, tmp_path: Path
) -> None:
    stack, [day] = carrier.stack, calendar.take(1)
    carrier.deliver_days(day)
    with small_disk(stack, tmp_path) as disk:
        large_file = disk / "large_file"

        def fill(_: str) -> None:
            run("fallocate", "-l", str(shutil.disk_usage(disk).free - 100_000_000), large_file)

        # Landing has begun, and waits for MinIO. Spark would try to write for four minutes.
        said = interrupted(carrier, [day], LANDING_STEP, service(stack, "minio"), fill)
        full = f"The disk of {disk} is nearly full: 0.1 GB are free, and the engines need 1.2 GB."
        assert full in said
        assert full in stack.status()["disk"]["trouble"]
        assert full in stack.shopflow("up")
        # A run that begins on a full disk asks no engine.
        again = carrier.attempt_backfill(day)
        assert again.returncode == 1
        assert f"Failed: {LANDING_STEP} ({day})\n  {full} Make room on it;" in again.stdout

        large_file.unlink()
        carrier.backfill(day)
        assert carrier.gold() == carrier.expected()
