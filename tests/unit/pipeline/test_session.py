"""Sessions on Spark in one process do not get into each other's way."""

import gc

import pytest
from pyspark.sql.connect.client import SparkConnectClient
from pyspark.sql.connect.session import SparkSession

from spark_jobs import session


def test_a_session_that_is_no_longer_used_closes_no_connection_when_it_is_collected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed: list[SparkConnectClient] = []
    monkeypatch.setattr(SparkConnectClient, "close", lambda client: closed.append(client))
    forgotten = [SparkSession(f"sc://127.0.0.1:9/;session_id={session.SESSION_ID}")]
    forgotten.clear()
    gc.collect()
    assert closed == []
