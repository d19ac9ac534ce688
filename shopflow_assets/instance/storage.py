"""Dagster's storage on PostgreSQL, for `infra/dagster/dagster.yaml`. It keeps connections, and tests them.

Dagster's own storage opens and closes three connections per check result, which takes 7 ms instead of 1. A
run of thirty days has about 700 results. In the webserver it keeps connections, but does not test them: after
a restart of PostgreSQL the next request on each would fail.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from dagster_postgres import DagsterPostgresStorage
from dagster_postgres.utils import create_pg_engine, pg_url_from_config

from shopflow_assets.dagster_internals import STORAGE_ENGINE, ConfigurableClassData


class PooledPostgresStorage(DagsterPostgresStorage):
    """Keeps a connection for the event log, and in the webserver one for each part of the storage."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take the same arguments as Dagster's own PostgreSQL storage."""
        super().__init__(*args, **kwargs)
        _keep_connection(self.event_log_storage, max_overflow=-1)
        for storage in (self.event_log_storage, self.run_storage, self.schedule_storage):
            # Dagster's webserver calls it at its start.
            storage.optimize_for_webserver = partial(_keep_connection, storage)  # ty: ignore[invalid-assignment]

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "PooledPostgresStorage":
        """Called by Dagster; the configuration is that of its own PostgreSQL storage."""
        creates_tables = config_value.get("should_autocreate_tables", True)
        return cls(pg_url_from_config(config_value), creates_tables, inst_data)


def _keep_connection(
    storage: Any,
    max_overflow: int,
    pool_recycle: int = -1,
    statement_timeout: int = 0,
) -> None:
    """Keep one connection, for at most `pool_recycle` seconds; a statement may take so many milliseconds."""
    engine = create_pg_engine(
        storage.postgres_url,
        isolation_level="AUTOCOMMIT",
        pool_size=1,
        max_overflow=max_overflow,
        pool_recycle=pool_recycle,
        pool_pre_ping=True,
        connect_args={"options": f"-c statement_timeout={statement_timeout}"},
    )
    setattr(storage, STORAGE_ENGINE, engine)
