"""Runs dbt inside the Dagster step's process.

A separate dbt process takes four to five seconds per step, mostly for imports and parsing. In this process,
with the manifest that `shopflow up` made, it takes half a second.
"""

from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shopflow_assets.environment import exported
from shopflow_assets.errors import DbtError
from shopflow_assets.gold.dbt.project import PROJECT_DIR, target_dir

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.results import RunResult

RESULTS = {"LogModelResult", "LogTestResult"}


def check_whole_tables(domain: str) -> list[dict[str, Any]]:
    """Run every data test of a domain over all rows of the tables it is about.

    Returns:
        One record per test: its name, status, number of failing rows and seconds.

    Raises:
        DbtError: names every test that failed and why. Warnings fail nothing.
    """
    _, outcome = invoke(["test", "--select", f"path:models/{domain}"], domain, SHOPFLOW_TEST_SCOPE="full")
    raise_on_failure({"whole tables": outcome})
    return [
        {
            "test": result.node.name,
            "status": str(result.status),
            "failing_rows": result.failures or 0,
            "seconds": round(result.execution_time, 2),
        }
        for result in node_results(outcome)
    ]


def run_dir(domain: str) -> Path:
    """The folder for the results of a run of dbt. Each domain has its own, and runs one dbt at a time."""
    return target_dir().with_name("runs") / domain


def invoke(
    arguments: list[str], domain: str, **environment: str
) -> tuple[list[dict[str, Any]], "dbtRunnerResult"]:
    """Call dbt and wait for it; returns its results of models and tests, in order, and how it ended.

    It runs in the main thread, so that terminating the run interrupts dbt, which then cancels its queries in
    Trino. The environment is for the macros. With --vars instead, dbt would parse the whole project again.
    """
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest
    from google.protobuf.json_format import MessageToDict

    from shopflow_assets.gold.dbt.model_tests import ModelTests, asked_together

    results: list[dict[str, Any]] = []

    def note(message: Any) -> None:
        if message.info.name in RESULTS:
            results.append(MessageToDict(message, preserving_proto_field_name=True))

    folders = ["--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)]
    output = ["--target-path", str(run_dir(domain)), "--log-path", str(run_dir(domain))]
    levels = ["--log-level", "none", "--log-level-file", "info"]
    parsed = Manifest.from_msgpack((target_dir() / "partial_parse.msgpack").read_bytes())
    # Macros see this as `graph`.
    parsed.build_flat_graph()
    # Unit tests are about the code, not about the data.
    command = [*arguments, "--exclude-resource-type", "unit_test", *folders, *output, *levels]
    # Several tests of whole tables at once would need too much of Trino's memory.
    one_by_one = environment.get("SHOPFLOW_TEST_SCOPE") == "full"
    asking = nullcontext(ModelTests()) if one_by_one else asked_together()
    with exported(environment), asking as tests:
        outcome = dbtRunner(manifest=parsed, callbacks=[note, tests.note]).invoke(command)
    return results, outcome


def node_results(outcome: "dbtRunnerResult") -> "list[RunResult]":
    """The result of each model and test, from dbt itself; none when dbt did not finish."""
    return getattr(outcome.result, "results", [])


def raise_on_failure(outcomes: Mapping[str, "dbtRunnerResult"]) -> None:
    """Raise DbtError, naming every model and test that failed and why, unless all went well.

    Args:
        outcomes: how dbt's runs ended, by the days that they were for.
    """
    failed = []
    for about, outcome in outcomes.items():
        if outcome.exception:
            # An interruption has no message of its own.
            failed.append(f"{about}: dbt broke off: {str(outcome.exception) or repr(outcome.exception)}")
        failed += [
            f"{about}: {result.node.name}: {result.message}"
            for result in node_results(outcome)
            if result.status in ("error", "fail")
        ]
    if failed or not all(outcome.success for outcome in outcomes.values()):
        raise DbtError(f"dbt: {len(failed)} failed\n" + "\n".join(failed))
