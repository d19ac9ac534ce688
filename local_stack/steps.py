"""Steps that wait for each other, run side by side."""

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from graphlib import TopologicalSorter

from local_stack.errors import PreparationError, ShopFlowError


@dataclass(frozen=True)
class Step:
    """Something to do once the steps named in `after` are done."""

    do: Callable[[], object]
    after: Iterable[str] = ()


def run(steps: Mapping[str, Step], done: Callable[[str, float | Exception], None]) -> None:
    """Run all steps, each as soon as it can; `done(name, seconds or the exception)` is called after each.

    A failed step holds up those behind it; the others go on, so that one look shows all that is wrong.
    The first failure is raised at the end.
    """
    order = TopologicalSorter({name: step.after for name, step in steps.items()})
    order.prepare()
    first: ShopFlowError | None = None
    with ThreadPoolExecutor(len(steps)) as pool:
        running: dict[Future[float], str] = {}
        while True:
            running |= {pool.submit(_timed, steps[name]): name for name in order.get_ready()}
            if not running:
                break
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                name = running.pop(future)
                if isinstance(error := future.exception(), Exception):
                    first = first or _named(name, error)
                    done(name, error)
                else:
                    done(name, future.result())
                    order.done(name)
    if first:
        raise first


def _named(name: str, error: Exception) -> ShopFlowError:
    """Our own errors say what to do; of all others the kind and the step are worth knowing."""
    if isinstance(error, ShopFlowError):
        return error
    failed = PreparationError(f"The step {name!r} failed: {type(error).__name__}: {error}")
    failed.__cause__ = error
    return failed


def _timed(step: Step) -> float:
    began = time.monotonic()
    step.do()
    return time.monotonic() - began
