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
    """Something to do after the steps that `after` names."""

    do: Callable[[], object]
    after: Iterable[str] = ()


def run(
    steps: Mapping[str, Step],
    done: Callable[[str, float | Exception], None],
    interrupted: threading.Event,
) -> None:
    """Run each step as soon as it can start; call `done(name, seconds or the exception)` after each.

    Steps after a failed one do not run. The others do, so that one run shows all that is wrong. The first
    failure is raised at the end. On Ctrl-C `interrupted` is set, so that steps that wait for something stop.
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
    """Our own errors say what to do; to any other, add the name of the step and the kind of error."""
    if isinstance(error, ShopFlowError):
        return error
    named = PreparationError(f"The step {name!r} failed: {type(error).__name__}: {error}")
    named.__cause__ = error
    return named


def _timed(step: Step) -> float:
    started_at = time.monotonic()
    step.do()
    return time.monotonic() - started_at
