"""Lands a database in a process of its own, which can be killed at any step of the landing."""

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from shopflow_assets.domains.shop import DATABASE
from shopflow_assets.sources.database.landed.landed_day import DatabaseDays
from shopflow_assets.sources.database.stream import new_slot, slot, stream_landing
from shopflow_assets.sources.database.stream.pgoutput import Decoder
from shopflow_assets.sources.store import ObjectStore
from tests.harness.shop_tables import tables_of

# The steps: noting the slot, reading a message, putting an object, committing a manifest, letting the server
# forget.
STEPS: dict[str, tuple[Any, str]] = {
    "note": (new_slot, "note_slot"),
    "read": (Decoder, "decode"),
    "put": (ObjectStore, "upload"),
    "commit": (DatabaseDays, "commit"),
    "advance": (slot, "advance"),
}


def die_at(step: str, moment: str, number: int) -> None:
    """Kill this process before or after the step is taken for the given time."""
    owner, name = STEPS[step]
    original: Callable[..., Any] = getattr(owner, name)
    taken = 0

    def step_or_die(*arguments: Any) -> Any:
        nonlocal taken
        taken += 1
        if taken == number and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments)
        if taken == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, step_or_die)


def main(domain: str, action: str, *rest: str) -> None:
    """Land days, or a snapshot, of a test's own domain; print the problems by day."""
    days = [date.fromisoformat(text) for text in rest if "-" in text]
    for text in rest:
        if ":" in text:
            step, moment, number = text.split(":")
            die_at(step, moment, int(number))
        elif text.isdigit():
            # Small looks and batches, so that there is something between them.
            slot.CHANGES_AT_ONCE = stream_landing.LINES_AT_ONCE = int(text)
    tables, source = tables_of(domain), DATABASE
    if action == "snapshot":
        source.snapshot(tables, datetime.now(UTC))
        return
    problems = {
        f"{day}": sorted({landing.problem for landing in landings.values()})
        for day, landings in source.land(tables, tables, days, datetime.now(UTC))
    }
    sys.stdout.write(json.dumps({day: found for day, found in problems.items() if any(found)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
