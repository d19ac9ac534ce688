"""Measures a run: seconds by step, CPU seconds by engine, Trino's statements by user, and memory.

`showing` prints the figures.
"""

import contextlib
import itertools
import json
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

import psutil

from local_stack.home import Home
from local_stack.services.health import graphql
from local_stack.services.supervision import Supervisor
from tests.harness import trino
from tests.harness.stack import Stack

NEWEST_RUN = """
query Run($since: Float!) { runsOrError(filter: {createdAfter: $since}, limit: 1) { ... on Runs { results {
  creationTime startTime endTime stepStats { stepKey startTime endTime } } } } }"""
# Reading the memory costs 70 ms: the kernel walks through every page of every process.
_SECONDS_BETWEEN_LOOKS = 2
# Statements are read every 20 seconds: Trino forgets one after a minute (infra/trino/config.properties).
_LOOKS_BETWEEN_STATEMENTS = 10

# Seconds, gigabytes or counts, by name.
Figures = dict[str, float]


@dataclass(frozen=True)
class Statement:
    """A statement of Trino: the program that sent it, when (seconds since 1970), and the rows it has read."""

    program: str
    at: float
    rows: int


@dataclass
class Watch:
    """What was seen of a stack: the peak of its processes' memory, and Trino's statements by their ids."""

    stack: Stack
    peak_bytes: int = 0
    statements: dict[str, Statement] = field(default_factory=dict)

    def look_at_statements(self) -> None:
        """Remember the statements that Trino still knows. Each program has a user of its own."""
        for statement in trino.statements(self.stack.settings.trino_port):
            stats = statement["queryStats"]
            self.statements[statement["queryId"]] = Statement(
                statement["session"]["user"],
                datetime.fromisoformat(stats["createTime"]).timestamp(),
                stats["rawInputPositions"],
            )

    def look_until(self, stopped: threading.Event) -> None:
        """Look at regular intervals until stopped."""
        for look in itertools.count():
            if look % _LOOKS_BETWEEN_STATEMENTS == 0:
                self.look_at_statements()
            self.peak_bytes = max(self.peak_bytes, self.stack.resident_bytes())
            if stopped.wait(_SECONDS_BETWEEN_LOOKS):
                return


@contextmanager
def watching(stack: Stack) -> Generator[Watch]:
    """Watch a stack during the block; raises the error of a look that failed."""
    watch, stopped = Watch(stack), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        looks = pool.submit(watch.look_until, stopped)
        try:
            yield watch
        finally:
            stopped.set()
    looks.result()
    watch.look_at_statements()


def cpu_seconds(home: Home) -> dict[str, float]:
    """CPU seconds of each engine's processes since they started.

    A process that has ended counts in its parent, which waited for it: a run's process in Dagster's code
    server, a connection's process in PostgreSQL's first process.
    """
    seconds: dict[str, float] = defaultdict(float)
    for program, state in Supervisor(home).states().items():
        first = psutil.Process(state["pid"])
        for process in (first, *first.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                # The first four: user and system time, then the same of children that have ended.
                seconds[program.partition("-")[0]] += sum(process.cpu_times()[:4])
    return dict(seconds)


def measure(stack: Stack, domain: str, first: date, last: date | None = None, *options: str) -> Figures:
    """Carry days of a domain by `shopflow backfill`, and return what that cost.

    Seconds and statements are those of Dagster's run, from its start to its end. CPU time is what the engines
    used while the command ran, including the start of the run's process, but not that of the command itself.
    """
    since, cpu_before = time.time(), cpu_seconds(stack.home)
    with watching(stack) as watch:
        stack.shopflow("backfill", f"{first}", f"{last or first}", "--domain", domain, *options)
    cpu = {engine: seconds - cpu_before[engine] for engine, seconds in cpu_seconds(stack.home).items()}
    runs = graphql(stack.settings, NEWEST_RUN, {"since": since})["runsOrError"]["results"]
    if not runs:
        sys.exit(f"no run was started for {first} to {last or first}: nothing is new, so it needs --force")
    [run] = runs
    of_run = [s for s in watch.statements.values() if run["startTime"] <= s.at <= run["endTime"]]
    statements, rows = Counter(s.program for s in of_run), Counter[str]()
    for statement in of_run:
        rows[statement.program] += statement.rows
    return {
        "until the run starts, s": run["startTime"] - run["creationTime"],
        **_steps(run, domain),
        **{f"CPU: {engine}, s": seconds for engine, seconds in sorted(cpu.items())},
        "CPU: all, s": sum(cpu.values()),
        **{f"Trino statements: {program}": count for program, count in sorted(statements.items())},
        **{f"Trino rows read: {program}": count for program, count in sorted(rows.items())},
        "peak memory, GB": watch.peak_bytes / 1e9,
    }


def _steps(run: dict, domain: str) -> Figures:
    """Seconds of the whole run, and by step in the order in which they ran."""
    whole = run["endTime"] - run["startTime"]
    steps = sorted(run["stepStats"], key=lambda step: step["startTime"])
    seconds = {
        step["stepKey"].removeprefix(f"{domain}_"): step["endTime"] - step["startTime"] for step in steps
    }
    named = {f"step: {name.replace('_', ' ')}, s": taken for name, taken in seconds.items()}
    return {"whole run, s": whole, **named, "between the steps, s": whole - sum(seconds.values())}


def slowest_models(home: Home, domain: str, count: int) -> list[tuple[str, float]]:
    """The slowest models and tests of the domain's newest dbt run, with their seconds."""
    results_file = home.dbt_target.with_name("runs") / domain / "run_results.json"
    results = json.loads(results_file.read_text())["results"]
    seconds = [(result["unique_id"].split(".")[2], result["execution_time"]) for result in results]
    return sorted(seconds, key=lambda one: -one[1])[:count]
