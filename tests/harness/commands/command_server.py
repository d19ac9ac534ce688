"""Runs `shopflow` commands in processes forked from this one, which has imported the libraries that they use.

`forked_commands` starts it with the path of the socket to listen at. A request is one line of JSON: the
command's arguments, its environment, the checkout with its code, and the files for what it prints. The answer
is two lines: the number of the process, and its exit status. The server prints one line when it listens.
"""

import json
import os
import socketserver
import sys
import traceback
from importlib import import_module

# Libraries only: our own code belongs to a checkout, and tests change it.
LIBRARIES = (
    "boto3.s3.transfer", "dagster_dbt", "dagster_graphql", "deltalake", "duckdb", "more_itertools",
    "pandera.polars", "psycopg", "pydantic_settings", "pyiceberg.catalog.sql", "pyspark.sql.connect.session",
    "rich.progress", "sqlglot.dialects.trino", "supervisor.xmlrpc", "tenacity", "trino.dbapi",
    "typer.rich_utils",
)  # fmt: skip


class Command(socketserver.StreamRequestHandler):
    """Runs one command."""

    def handle(self) -> None:
        """Called in a process of its own."""
        request = json.loads(self.rfile.readline())
        self.wfile.write(f"{os.getpid()}\n".encode())
        for number, file in enumerate(request["printed"], start=1):
            os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), number)
        os.environ.clear()
        os.environ.update(request["environment"])
        sys.path.insert(0, request["checkout"])
        sys.argv = ["shopflow", *request["arguments"]]
        self.wfile.write(f"{_status()}\n".encode())


class Server(socketserver.ForkingMixIn, socketserver.UnixStreamServer):
    """Ends when the process that started it has ended."""

    parent = os.getppid()

    def service_actions(self) -> None:
        """Called every half second."""
        super().service_actions()
        if os.getppid() != self.parent:
            sys.exit()


def _status() -> int:
    try:
        import_module("shopflow_cli.cli").main()
        code: object = None
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code if isinstance(code, int) else int(code is not None)


if __name__ == "__main__":
    for library in LIBRARIES:
        import_module(library)
    with Server(sys.argv[1], Command) as server:
        print("listening", flush=True)  # noqa: T201
        server.serve_forever()
