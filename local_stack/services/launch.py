"""`python -m local_stack.services.launch SERVICE`: becomes that service. The supervisor runs nothing else.

So the supervisor itself holds no secrets, and each service gets only its own.
"""

import os
import shutil
import signal
import sys

from local_stack.engines.fetch import installed
from local_stack.home import Home, cache
from local_stack.services.processes import process


def main(service: str) -> None:
    """Replace this process by the service."""
    home = Home.current()
    service_process = process(service, home, home.settings(), installed(cache()))
    # Dagster's code server ignores SIGTERM when it inherits an ignored SIGINT, as background jobs do.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # Trino's launcher closes its stdin. The supervisor polls the other end of that pipe, and a pipe without a
    # reader makes it poll without a pause. So one reader stays open.
    os.set_inheritable(os.dup(0), True)
    if service_process.scratch:
        shutil.rmtree(service_process.scratch, ignore_errors=True)
        service_process.scratch.mkdir(exist_ok=True)
    os.chdir(service_process.cwd)
    os.execvpe(service_process.argv[0], service_process.argv, service_process.env)


if __name__ == "__main__":
    main(sys.argv[1])
