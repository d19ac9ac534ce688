"""Runs all data tests of a model in one statement; each test keeps its own name, count and verdict.

dbt sends Trino one statement per test, and Trino takes longer to plan it than to run it. So the first test of
a model that dbt runs counts for the others too. It waits for tables that dbt is building just then, if other
tests of the model read them: otherwise those would need a statement of their own, or not, by chance. If the
common statement fails, it is not known which test is wrong. Then each test runs by itself, and the wrong one
fails under its own name.

The statement also asks for examples, which dbt does not know.
"""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from copy import copy
from functools import partial
from threading import Condition, Lock
from typing import TYPE_CHECKING, Any

from dbt import selected_resources
from dbt.artifacts.schemas.results import NodeStatus
from dbt.contracts.graph.nodes import GenericTestNode
from dbt.node_types import NodeType
from dbt.task.build import BuildTask
from dbt.task.test import TestResultData, TestRunner, TestTask
from dbt_common.exceptions import DbtBaseException

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

# dbt's own SQL for one test (its macro get_test_sql), plus the id of the test that a row belongs to, and the
# first values of the column that the test names as `examples` in its meta.
ONE_TEST = """
select
    '{unique_id}' as test,
    {calc} as failures,
    {calc} {warn_if} as should_warn,
    {calc} {error_if} as should_error,
    {examples} as examples
from (
{sql}
) as rows_of_test"""

# In a test's meta: the column to show; in dbt's result: its values.
EXAMPLES = "examples"
SHOWN = 5

# Seconds to wait for a table that is being built, so that no test waits without end.
WAIT = 60


class ModelTests:
    """What Trino answered to the data tests of one call of dbt."""

    def __init__(self) -> None:
        """No test has run yet."""
        self._built: set[str] = set()
        self._being_built: set[str] = set()
        self._ended = Condition()
        self._answers: dict[str, TestResultData | None] = {}
        self._turns: dict[str, Lock] = {}

    def note(self, message: Any) -> None:
        """Take dbt's events that a model begins and ends; once it is built, its tests can run."""
        if message.info.name not in {"LogStartLine", "LogModelResult"}:
            return
        node = message.data.node_info
        if node.resource_type != NodeType.Model:
            return
        with self._ended:
            if message.info.name == "LogStartLine":
                self._being_built.add(node.unique_id)
            else:
                self._being_built.discard(node.unique_id)
                if node.node_status == NodeStatus.Success:
                    self._built.add(node.unique_id)
                self._ended.notify_all()

    def answer(
        self, runner: TestRunner, test: GenericTestNode, manifest: "Manifest"
    ) -> TestResultData | None:
        """The answer to a test; None when the test has to run by itself."""
        # dbt runs several tests at once: the model's other tests wait for the common statement.
        with self._turns.setdefault(str(test.attached_node), Lock()):
            if test.unique_id not in self._answers:
                self._answers |= self._ask(runner, self._askable(test, manifest), manifest)
            return self._answers[test.unique_id]

    def _askable(self, test: GenericTestNode, manifest: "Manifest") -> list[GenericTestNode]:
        """The selected tests of the same model that have no answer yet and whose tables are all built."""
        selected = set(selected_resources.SELECTED_RESOURCES)
        unanswered = selected - self._answers.keys()
        waiting = [
            (node, selected.intersection(node.depends_on.nodes))
            for key, node in manifest.nodes.items()
            if key in unanswered
            and isinstance(node, GenericTestNode)
            and node.attached_node == test.attached_node
            and wants_a_count(node)
        ]
        read = set().union(*(tables for _, tables in waiting))
        with self._ended:
            self._ended.wait_for(lambda: read.isdisjoint(self._being_built), WAIT)
            return [node for node, tables in waiting if tables <= self._built]

    def _ask(
        self, runner: TestRunner, tests: Iterable[GenericTestNode], manifest: "Manifest"
    ) -> dict[str, TestResultData | None]:
        tests = list(tests)
        try:
            statement = "\nunion all\n".join(_statement(runner, test, manifest) for test in tests)
            response, table = runner.adapter.execute(statement, fetch=True)
        except DbtBaseException as error:
            if "USER_CANCELED" in str(error):
                raise
            return dict.fromkeys(test.unique_id for test in tests)
        return {
            unique_id: TestResultData(
                failures=int(failures),
                should_warn=bool(should_warn),
                should_error=bool(should_error),
                adapter_response=response.to_dict(omit_none=True) | {EXAMPLES: examples},
            )
            for unique_id, failures, should_warn, should_error, examples in (tuple(row) for row in table.rows)
        }


class ModelTestRunner(TestRunner):
    """Runs a test as dbt does, except that the count may come from the common statement."""

    def __init__(self, tests: ModelTests, *arguments: Any) -> None:
        """The arguments are dbt's."""
        super().__init__(*arguments)
        self._tests = tests

    def execute_data_test(self, data_test: Any, manifest: "Manifest") -> TestResultData:
        """The count of the test's failing rows and what its thresholds say of it."""
        of_model = isinstance(data_test, GenericTestNode) and wants_a_count(data_test)
        answer = self._tests.answer(self, data_test, manifest) if of_model else None
        return answer or super().execute_data_test(data_test, manifest)


def wants_a_count(test: GenericTestNode) -> bool:
    """Whether a test wants nothing but the count of all failing rows."""
    return test.config.limit is None and not test.config.store_failures


@contextmanager
def asked_together() -> Generator[ModelTests]:
    """Meanwhile dbt, called in this process, runs the data tests of a model in one statement."""
    tests = ModelTests()
    runner: Any = partial(ModelTestRunner, tests)
    of_build, of_test = BuildTask.RUNNER_MAP[NodeType.Test], TestTask.get_runner_type
    BuildTask.RUNNER_MAP[NodeType.Test] = runner
    TestTask.get_runner_type = lambda self, node: runner  # ty: ignore[invalid-assignment]
    try:
        yield tests
    finally:
        BuildTask.RUNNER_MAP[NodeType.Test] = of_build
        TestTask.get_runner_type = of_test


def _statement(runner: TestRunner, test: GenericTestNode, manifest: "Manifest") -> str:
    # A copy, because dbt compiles the test too, in another thread.
    compiled = runner.compiler.compile_node(copy(test), manifest, {}, write=False)
    config = test.config
    shown = config.meta.get(EXAMPLES)
    return ONE_TEST.format(
        unique_id=test.unique_id,
        calc=config.fail_calc,
        warn_if=config.warn_if,
        error_if=config.error_if,
        examples=f"array_join(min(cast({shown} as varchar), {SHOWN}), ', ')"
        if shown
        else "cast(null as varchar)",
        sql=compiled.compiled_code,
    )
