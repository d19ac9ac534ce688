"""Health checks: a real request to each service. A check raises when the answer is not the expected one."""

import json
import socket
import threading
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from local_stack.errors import BrokenCodeError, ServiceFailedError
from local_stack.settings import HOST, Settings

_SECONDS = 10
# A stopped process still accepts connections, and some clients wait for its answer without end.
_ANSWER_SECONDS = 30
# Dagster's daemons give a sign of life every 30 seconds. Dagster itself calls them healthy for half an hour.
_DAEMON_SECONDS = 120

_GRAPHQL = """
{
  workspaceOrError {
    __typename
    ... on PythonError { message }
    ... on Workspace {
      locationEntries {
        name
        locationOrLoadError { __typename ... on PythonError { message errorChain { error { message } } } }
      }
    }
  }
  instance { daemonHealth { allDaemonStatuses { daemonType required lastHeartbeatTime } } }
}
"""


_RELOAD = 'mutation { reloadRepositoryLocation(repositoryLocationName: "shopflow") { __typename } }'


def _minio(settings: Settings) -> None:
    from minio import Minio

    Minio(
        f"{settings.minio_host}:{settings.minio_port}",
        access_key=settings.minio_root_user,
        secret_key=settings.minio_root_password.get_secret_value(),
        secure=False,
        http_client=_one_try(),
    ).list_buckets()


def _one_try() -> Any:
    """Return a connection pool that tries once: the usual one retries for minutes, and the caller retries."""
    import urllib3

    return urllib3.PoolManager(timeout=_SECONDS, retries=False)


def _postgres(settings: Settings) -> None:
    import psycopg

    url = settings.database_url("postgres", settings.postgres_password)
    with psycopg.connect(url, connect_timeout=_SECONDS) as connection:
        connection.execute("select 1")


def _trino(settings: Settings) -> None:
    from trino.dbapi import connect
    from trino.exceptions import TrinoQueryError

    with connect(
        host=settings.trino_host,
        port=settings.trino_port,
        user="shopflow",
        max_attempts=1,
        request_timeout=_SECONDS,
        session_properties={"query_max_run_time": f"{_SECONDS}s"},
    ) as db:
        # A query, because /v1/info says that Trino has started before it can answer one. Of the gold catalog,
        # because it alone needs another service: its tables are listed in PostgreSQL.
        try:
            db.cursor().execute("show schemas from gold").fetchall()
        except TrinoQueryError as error:
            raise ServiceFailedError(f"Trino does not list the gold catalog: {error.message}") from error


def _spark(settings: Settings) -> None:
    from pyspark.sql import SparkSession
    from pyspark.sql.connect.client.retries import DefaultPolicy

    socket.create_connection((settings.spark_host, settings.spark_port), _SECONDS).close()
    session = SparkSession.builder.remote(settings.spark_remote).create()
    # By default the client retries for ten minutes; here the caller retries.
    session.client.set_retry_policies([DefaultPolicy(max_retries=0)])
    try:
        session.sql("select 1").collect()
    finally:
        session.stop()


def _dagster_code(settings: Settings) -> None:
    import grpc

    with grpc.insecure_channel(f"{HOST}:{settings.dagster_code_port}") as channel:
        # The server hands this on to the process that holds the code and starts the runs. Its own answer to
        # gRPC's health check says nothing about that process. Both messages are empty.
        channel.unary_unary("/api.DagsterApi/Ping")(b"", timeout=_SECONDS)


def graphql(settings: Settings, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    """Ask Dagster's webserver and return the data; raises ServiceFailedError for GraphQL errors."""
    body = json.dumps({"query": query, "variables": variables or {}}).encode()
    request = urllib.request.Request(
        f"{settings.dagster_url}/graphql", body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=_SECONDS * 6) as response:
        answer = json.load(response)
    if answer.get("errors"):
        raise ServiceFailedError(f"Dagster's webserver refused a query: {answer['errors'][0]['message']}")
    return answer["data"]


def _dagster_webserver(settings: Settings) -> None:
    workspace = graphql(settings, _GRAPHQL)["workspaceOrError"]
    if workspace["__typename"] != "Workspace":
        raise ServiceFailedError(workspace["message"])
    for entry in workspace["locationEntries"]:
        loaded = entry["locationOrLoadError"]
        if loaded is None:
            raise ServiceFailedError(f"{entry['name']} is still loading")
        if loaded["__typename"] != "RepositoryLocation":
            causes = [loaded["message"], *(link["error"]["message"] for link in loaded["errorChain"])]
            unreachable = "UserCodeUnreachable" in causes[0]
            raise (ServiceFailedError if unreachable else BrokenCodeError)("\n".join(causes))


def reload_code(settings: Settings) -> None:
    """Make the code server load the definitions again; raises BrokenCodeError when they do not load."""
    graphql(settings, _RELOAD)
    _dagster_webserver(settings)


def _dagster_daemon(settings: Settings) -> None:
    daemons = graphql(settings, _GRAPHQL)["instance"]["daemonHealth"]["allDaemonStatuses"]
    oldest = time.time() - _DAEMON_SECONDS
    if silent := [
        d["daemonType"] for d in daemons if d["required"] and (d["lastHeartbeatTime"] or 0) < oldest
    ]:
        raise ServiceFailedError(f"no sign of life for {_DAEMON_SECONDS} s: {', '.join(silent)}")


CHECKS: dict[str, Callable[[Settings], None]] = {
    "minio": _minio,
    "postgres": _postgres,
    "spark": _spark,
    "trino": _trino,
    "dagster-code": _dagster_code,
    "dagster-webserver": _dagster_webserver,
    "dagster-daemon": _dagster_daemon,
}


def check(service: str, settings: Settings) -> None:
    """Carry out a service's check; raises its error, or ServiceFailedError when no answer comes in time."""
    outcome: Future[None] = Future()

    def ask() -> None:
        try:
            outcome.set_result(CHECKS[service](settings))
        except BaseException as error:
            outcome.set_exception(error)

    # A daemon thread: the command ends without waiting for it.
    threading.Thread(target=ask, daemon=True).start()
    try:
        outcome.result(_ANSWER_SECONDS)
    except TimeoutError:
        if outcome.done():
            raise
        raise ServiceFailedError(f"no answer for {_ANSWER_SECONDS} s") from None


def trouble(service: str, settings: Settings) -> str | None:
    """What is wrong with a service, in one line; None when it is healthy."""
    try:
        check(service, settings)
    # The clients' errors have no common base class.
    except Exception as error:
        return one_line(error)
    return None


def one_line(error: Exception) -> str:
    """The first line of an error message, or the error's class when there is no message."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]
