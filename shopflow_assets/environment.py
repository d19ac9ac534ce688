"""Variables for the Python code of this process alone."""

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager


@contextmanager
def exported(variables: Mapping[str, str]) -> Generator[None]:
    """Let Python code in this process, in all its threads, also see these variables in `os.environ`.

    The environment of the process itself stays as it is: a change moves it in memory, and a native thread
    that reads it meanwhile, such as one of gRPC's, crashes the process. So libraries that are not Python and
    child processes without an environment of their own do not see these variables.
    """
    before = os.environ
    os.environ = {**before, **variables}  # noqa: B003  # ty: ignore[invalid-assignment]
    try:
        yield
    finally:
        os.environ = before  # noqa: B003
