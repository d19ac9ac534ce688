"""One request to Dagster's webserver, by a query or by Dagster's client, and how it may fail."""

import json
import re
import urllib.error
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from local_stack.errors import DagsterApiError, DagsterTroubleError, DagsterUnreachableError
from local_stack.services.health import graphql
from local_stack.settings import HOST, Settings

if TYPE_CHECKING:
    from dagster_graphql import DagsterGraphQLClient

_SECONDS = 60
_MESSAGE = re.compile(r'"message": ?("(?:[^"\\]|\\.)*")')
Answer = TypeVar("Answer")


def ask(settings: Settings, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    """Send a query that the client does not offer; raises as `call` does."""
    try:
        return graphql(settings, query, variables)
    except urllib.error.HTTPError as error:
        # From 500 on, something behind the webserver does not work; below, our request is wrong.
        kind = DagsterTroubleError if error.code >= 500 else DagsterApiError
        raise kind(f"Dagster answered with an error: {_message(error)}.") from error
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        raise DagsterUnreachableError("Dagster", error) from error


def call(settings: Settings, failed: str, use: Callable[["DagsterGraphQLClient"], Answer]) -> Answer:
    """Use Dagster's client; `failed` begins the message when it refuses.

    Raises:
        DagsterApiError: Dagster refuses.
        DagsterTroubleError: Dagster does not answer, or with an error that may pass.
    """
    # Imported here: it takes seconds, with all of Dagster, and most commands need no client.
    from dagster_graphql import DagsterGraphQLClient, DagsterGraphQLClientError

    client = DagsterGraphQLClient(HOST, settings.dagster_port, timeout=_SECONDS)
    try:
        return use(client)
    except DagsterGraphQLClientError as error:
        if _is_connection_lost(error):
            raise DagsterUnreachableError("Dagster", error.__cause__) from error
        # An error without a cause is one that Dagster expects: it refuses.
        is_refused = error.__cause__ is None and error.args[0] != "PythonError"
        kind = DagsterApiError if is_refused else DagsterTroubleError
        raise kind(f"{failed}: {_reason(error)}") from error
    except KeyError as error:
        # The client looks for a message in every answer, also in those that it asked for none.
        raise DagsterApiError(f"{failed}; see `shopflow logs dagster-webserver`.") from error


def _message(error: urllib.error.HTTPError) -> str:
    """Return the first message in an answer, which also holds queries and stack traces."""
    message = _MESSAGE.search(error.read().decode(errors="replace"))
    text = json.loads(message[1]) if message else str(error)
    return (text.splitlines() or [""])[0]


def _is_connection_lost(error: BaseException) -> bool:
    """Whether no answer came, as opposed to an answer that refuses."""
    from requests.exceptions import ConnectionError as NotConnected
    from requests.exceptions import Timeout

    cause = error.__cause__
    return cause is not None and (isinstance(cause, (NotConnected, Timeout)) or _is_connection_lost(cause))


def _reason(error: Exception) -> str:
    """Return what Dagster said: the client raises from the error it got, or puts the message last."""
    if error.__cause__ is not None:
        # The error of a query holds the whole answer, with stack traces.
        answers = getattr(error.__cause__, "errors", None) or [{}]
        return answers[0].get("message") or str(error.__cause__)[:500]
    said = error.args[-1] if error.args else type(error).__name__
    return "; ".join(e["message"] for e in said) if isinstance(said, list) else str(said).strip()
