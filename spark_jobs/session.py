"""The one way to reach Spark: a client of the long-lived Connect server."""

from pyspark.sql import SparkSession


def connect(remote: str) -> SparkSession:
    """A session on the Connect server at `remote` (`sc://host:port`); settings live in `infra/spark/`."""
    return SparkSession.builder.remote(remote).getOrCreate()
