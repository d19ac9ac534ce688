"""Steps that wait for each other, run side by side."""

import threading
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


def run(
    steps: Mapping[str, Step],
    done: Callable[[str, float | Exception], None],
    interrupted: threading.Event,
) -> None:
    """Run all steps, each as soon as it can; `done(name, seconds or the exception)` is called after each.

    A failed step holds up those behind it; the others go on, so that one look shows all that is wrong. The
    first failure is raised at the end. On Ctrl-C `interrupted` is set, for the steps that wait for something.
    """
    order = TopologicalSorter({name: step.after for name, step in steps.items()})
    order.prepare()
    failures: list[ShopFlowError] = []
    with ThreadPoolExecutor(len(steps)) as pool:
        running: dict[Future[float], str] = {}
        try:
            while order.is_active() and (
                running := running | {pool.submit(_timed, steps[name]): name for name in order.get_ready()}
            ):
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    name = running.pop(future)
                    if isinstance(error := future.exception(), Exception):
                        failures.append(_named(name, error))
                        done(name, error)
                    else:
                        done(name, future.result())
                        order.done(name)
        except BaseException:
            interrupted.set()
            raise
    if failures:
        raise failures[0]


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
