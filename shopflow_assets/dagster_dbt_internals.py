"""Everything that ShopFlow uses of dagster-dbt's private modules; no other file imports them.

Apart from `dagster_internals`, so that Dagster's webserver and daemon do not import dbt. A test for each name
is in `tests/unit/pipeline/test_dagster_internals.py`.
"""

# Which models and tests of dbt a step selects. The public `DbtCliResource.cli` finds them the same way, but
# starts a dbt process of its own for every batch.
from dagster_dbt.asset_utils import (
    get_updated_cli_invocation_params_for_context as get_updated_cli_invocation_params_for_context,
)

# Makes Dagster's events from one result of dbt. The public `DbtCliInvocation.stream` makes them only for a
# dbt process that it started itself.
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage as DbtCoreCliEventMessage
