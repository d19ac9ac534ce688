"""A health check ends: with the service's error, or after its time."""

import threading

import pytest

from local_stack.errors import ServiceFailedError
from local_stack.services import health
from local_stack.settings import Settings


def test_a_service_that_never_answers_is_in_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_ANSWER_SECONDS", 0.1)
    monkeypatch.setitem(health.CHECKS, "spark", lambda _settings: threading.Event().wait())
    assert health.trouble("spark", Settings()) == "no answer for 0.1 s"


def test_the_error_of_a_check_is_raised_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_settings: Settings) -> None:
        raise ServiceFailedError("starting\nsince now")

    monkeypatch.setitem(health.CHECKS, "spark", refuse)
    with pytest.raises(ServiceFailedError, match="starting\nsince now"):
        health.check("spark", Settings())
    assert health.trouble("spark", Settings()) == "starting"


def test_a_timeout_of_a_check_is_its_own_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def time_out(_settings: Settings) -> None:
        raise TimeoutError("the socket timed out")

    monkeypatch.setitem(health.CHECKS, "minio", time_out)
    assert health.trouble("minio", Settings()) == "the socket timed out"
