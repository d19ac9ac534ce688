"""The module that Dagster's code server loads."""

from shopflow_assets.definitions import defs as defs
from shopflow_assets.instance.run_processes import fork_runs

fork_runs()
