"""Ports: the usual ones, or free ones when those are in use."""

import socket
from collections.abc import Iterator

import pytest

from local_stack.services.ports import PORTS, is_free, next_free, settle
from local_stack.settings import HOST, Settings


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as server:
        server.bind((HOST, 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.fixture
def taken_on_all_interfaces() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("0.0.0.0", 0))
        server.listen()
        yield server.getsockname()[1]


def ports(settings: Settings) -> list[int]:
    return [getattr(settings, name) for name in PORTS]


def test_a_listening_port_is_not_free(taken: int) -> None:
    assert not is_free(taken)


def test_a_port_that_listens_everywhere_is_not_free(taken_on_all_interfaces: int) -> None:
    assert not is_free(taken_on_all_interfaces)


def test_the_next_port_is_looked_for_upwards(taken: int) -> None:
    assert next_free(taken, []) > taken


def test_a_taken_port_moves(taken: int) -> None:
    moved = settle(Settings(trino_port=taken)).trino_port
    assert moved != taken
    assert is_free(moved)


def test_a_port_that_another_stack_has_moves_though_nothing_listens_there() -> None:
    free = settle(Settings())
    moved = settle(free, {free.trino_port, free.trino_port + 1})
    assert moved.trino_port > free.trino_port + 1
    assert settle(moved, {free.trino_port}) == moved


def test_settled_ports_are_stable() -> None:
    settled = settle(Settings())
    assert settle(settled) == settled


def test_no_two_services_get_one_port(taken: int) -> None:
    settled = settle(Settings(minio_port=taken, trino_port=taken, dagster_port=taken + 1))
    assert len(set(ports(settled))) == len(PORTS)
