"""The one way to reach Spark: a client of the long-lived Connect server."""

from pyspark.sql import SparkSession
from pyspark.sql.connect.client.retries import DefaultPolicy
from pyspark.sql.connect.session import SparkSession as ConnectSession

PATIENCE = DefaultPolicy(max_retries=10, max_backoff=5_000)
# Spark keeps the code that it generates for its plans per session. A new session for each run would compile
# it all again: a quarter of the work for a day of a few thousand rows.
SESSION_ID = "a0f7b3c6-6d2e-4c53-9d5c-5e0b1c1f4d27"


def _leave_open(self: ConnectSession) -> None:
    """Close nothing when the garbage collector meets a session that nobody stopped.

    It may do so while another session hands work to the thread pool that all sessions of a process share.
    PySpark would close that pool, for which it needs a lock that the same thread holds: it waits forever.
    """


ConnectSession.__del__ = _leave_open


def connect(remote: str) -> SparkSession:
    """The session that all runs share on the Connect server at `remote` (`sc://host:port`).

    Its settings are in `infra/spark/`. As it is shared, set nothing, register nothing and create no views in
    it. Stopping it closes this client only.
    """
    session = SparkSession.builder.remote(f"{remote}/;session_id={SESSION_ID}").getOrCreate()
    assert isinstance(session, ConnectSession)
    session.release_session_on_close = False
    # By default a client waits ten minutes for a server that is down; a restart takes half a minute.
    session.client.set_retry_policies([PATIENCE])
    return session
