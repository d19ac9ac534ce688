"""A server in the place of Dagster's webserver that gives the answers that a test wants."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

from local_stack.settings import HOST

# None drops the connection; a number is the status of an answer that is an error.
Answer = dict[str, Any] | None | tuple[int, dict[str, Any]]


class Answers(HTTPServer):
    """Gives the answers in order, and the last one again and again."""

    def __init__(self) -> None:
        super().__init__((HOST, 0), Handler)
        self.answers: list[Answer] = []
        self.requests: list[dict[str, Any]] = []


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Answers)
        server.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        answer = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
        if answer is None:
            self.close_connection = True
            return
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def dagster_server() -> Generator[Answers]:
    server = Answers()
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
