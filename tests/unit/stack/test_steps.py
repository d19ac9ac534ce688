"""Steps run in order, in parallel where they can, and never after a failed one."""

import threading

import pytest

from local_stack.errors import PreparationError, ServiceFailedError
from local_stack.prepare.steps import Step, run


def fail() -> None:
    raise ServiceFailedError("trino does not run")


def stumble() -> None:
    raise ValueError("unexpected")


def ignore(_name: str, _outcome: object) -> None:
    pass


def test_a_step_waits_for_those_before_it() -> None:
    seen: list[str] = []
    steps = {
        "tables": Step(lambda: seen.append("tables"), ["engine"]),
        "engine": Step(lambda: seen.append("engine")),
    }
    run(steps, ignore, threading.Event())
    assert seen == ["engine", "tables"]


def test_a_failed_step_holds_up_only_those_behind_it() -> None:
    seen: list[str] = []
    steps = {
        "trino": Step(fail),
        "gold": Step(lambda: seen.append("gold"), ["trino"]),
        "minio": Step(lambda: None),
        "buckets": Step(lambda: seen.append("buckets"), ["minio"]),
    }
    with pytest.raises(ServiceFailedError, match="trino does not run"):
        run(steps, ignore, threading.Event())
    assert seen == ["buckets"]


def test_an_unexpected_error_names_its_step() -> None:
    with pytest.raises(PreparationError, match=r"'buckets'.*ValueError: unexpected"):
        run({"buckets": Step(stumble)}, ignore, threading.Event())


def test_ctrl_c_ends_the_steps_that_wait() -> None:
    interrupted = threading.Event()

    def interrupt(_name: str, _outcome: object) -> None:
        raise KeyboardInterrupt

    steps = {"waiting": Step(lambda: interrupted.wait(60)), "quick": Step(lambda: None)}
    with pytest.raises(KeyboardInterrupt):
        run(steps, interrupt, interrupted)
    assert interrupted.is_set()
