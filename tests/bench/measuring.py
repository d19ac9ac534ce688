"""How long a run's steps took, and how much memory a stack had at its peak."""

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from local_stack.health import graphql
from local_stack.home import Home
from tests.harness.stack import Stack

STEPS = """
query Steps { runsOrError(limit: 1) { ... on Runs { results {
  startTime endTime stepStats { stepKey startTime endTime } } } } }"""
# A look costs 70 ms: the kernel walks through every page of every process.
_SAMPLED_EVERY_SECONDS = 2


@dataclass
class RunTimes:
    """Seconds of the newest run: whole, and by step in the order in which they ran."""

    whole: float
    steps: dict[str, float]

    @classmethod
    def of_newest(cls, home: Home) -> "RunTimes":
        """Ask Dagster for them."""
        [run] = graphql(home.settings(), STEPS)["runsOrError"]["results"]
        steps = sorted(run["stepStats"], key=lambda step: step["startTime"])
        seconds = {step["stepKey"]: step["endTime"] - step["startTime"] for step in steps}
        return cls(run["endTime"] - run["startTime"], seconds)


def slowest_models(home: Home, count: int) -> list[tuple[str, float]]:
    """The models and tests of the newest dbt run that took longest, in seconds."""
    results = json.loads((home.dbt_target.with_name("last_run") / "run_results.json").read_text())["results"]
    found = [(result["unique_id"].split(".")[2], result["execution_time"]) for result in results]
    return sorted(found, key=lambda one: -one[1])[:count]


@dataclass
class Peak:
    """The highest sum seen of the memory of a stack's processes, in bytes."""

    stack: Stack
    stopped: threading.Event = field(default_factory=threading.Event)
    bytes: int = 0

    def sample(self) -> None:
        """Look again and again until stopped."""
        while not self.stopped.wait(_SAMPLED_EVERY_SECONDS):
            self.bytes = max(self.bytes, self.stack.resident_bytes())


@contextmanager
def peak_memory(stack: Stack) -> Generator[Peak]:
    """Watch the memory of a stack's processes meanwhile."""
    peak = Peak(stack)
    watcher = threading.Thread(target=peak.sample, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        peak.stopped.set()
        watcher.join()
