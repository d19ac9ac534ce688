"""A copy of the code with the tests' own domain in it: two small tables, whose runs take seconds.

The copy is what a checkout is after somebody has added a domain: its files beside the others, and a few lines at
the end of the files that list what there is.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from local_stack.home import CHECKOUT

DOMAIN = Path(__file__).parents[1] / "platform" / "post_domain"
# Files of the domain that end so hold lines for the end of the file of that name.
ADDED_LINES = ".add"
_NOT_RUN = shutil.ignore_patterns(".*", "__pycache__", "tests", "docs", "target", "logs")


def lay_out(target: Path) -> None:
    """Make the copy, or bring it up to date."""
    shutil.copytree(CHECKOUT, target, ignore=_NOT_RUN, dirs_exist_ok=True)
    for file in sorted(found for found in DOMAIN.rglob("*") if found.is_file()):
        place = target / file.relative_to(DOMAIN)
        place.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ADDED_LINES:
            listing = place.with_suffix("")
            listing.write_text(f"{listing.read_text()}\n{file.read_text()}")
        elif "__pycache__" not in file.parts:
            shutil.copyfile(file, place)
    # dbt's view of silver is made from the contracts.
    sources = [sys.executable, "-m", "spark_jobs.contracts.dbt_sources"]
    subprocess.run(sources, check=True, cwd=target, env={**os.environ, "PYTHONPATH": str(target)})
