"""The one way to reach Spark: a client of the long-lived Connect server."""

from pyspark.sql import SparkSession
from pyspark.sql.connect.client.retries import DefaultPolicy

PATIENCE = DefaultPolicy(max_retries=10, max_backoff=5_000)


def connect(remote: str) -> SparkSession:
    """A session on the Connect server at `remote` (`sc://host:port`); settings live in `infra/spark/`."""
    session = SparkSession.builder.remote(remote).getOrCreate()
    # By default a client waits ten minutes for a server that is gone; half a minute is a restart.
    session.client.set_retry_policies([PATIENCE])
    return session
