"""Ports on the loopback interface: the usual ones, or the next free ones when those are in use."""

import socket
from collections.abc import Iterable, Set

from local_stack.errors import ServiceFailedError
from local_stack.settings import HOST, Settings

PORTS = ("minio_port", "postgres_port", "spark_port", "trino_port", "dagster_port", "dagster_code_port")
# How many ports to try, upwards from a usual one: this stays below the range of outgoing connections.
_TRIES = 200


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback interface now."""
    with socket.socket() as probe:
        # As servers do, so that lingering connections of a stopped server do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        probe.listen(1)
    return True


def next_free(port: int, taken: Iterable[int]) -> int:
    """The first free port from `port` upwards that is not in `taken`."""
    excluded = set(taken)
    for candidate in range(port, min(port + _TRIES, 65536)):
        if candidate not in excluded and is_free(candidate):
            return candidate
    raise ServiceFailedError(f"No free port between {port} and {port + _TRIES}.")


def used(settings: Settings) -> set[int]:
    """All ports of a stack."""
    return {getattr(settings, name) for name in PORTS}


def settle(settings: Settings, reserved: Set[int] = frozenset()) -> Settings:
    """Replace every port that is in use or reserved by a free one; for a stack that is down."""
    chosen: dict[str, int] = {}
    for name in PORTS:
        wanted = getattr(settings, name)
        taken = {*reserved, *chosen.values()}
        others = used(settings) - {wanted}
        chosen[name] = (
            wanted if is_free(wanted) and wanted not in taken else next_free(wanted, taken | others)
        )
    return settings.model_copy(update=chosen)
