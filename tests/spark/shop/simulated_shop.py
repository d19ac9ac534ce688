"""A database with the shop's tables, and the simulated shop that lives in it."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psycopg

from local_stack.home import CHECKOUT
from shop_simulator.shop.living import live
from shop_simulator.shop.opening import open_shop
from shop_simulator.shop.plan.changes import KEYS
from shop_simulator.world import OPENING, World

DAYS = 14
WORLD = World(seed=42, orders_per_day=40)
SQL = CHECKOUT / "infra" / "postgres" / "shop"


@dataclass(frozen=True)
class SimulatedShop:
    """A shop in a database of its own, and the folder of its truth."""

    url: str
    truth_dir: Path

    @contextmanager
    def connection(self) -> Generator[psycopg.Connection]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            yield connection

    def live(self, days: int, **choices) -> None:
        """Open the shop if it is not, and live its first days."""
        with self.connection() as connection:
            open_shop(connection, WORLD, self.truth_dir)
            live(connection, WORLD, OPENING + timedelta(days=days - 1), self.truth_dir, **choices)

    def rows(self, statement: str) -> list[tuple]:
        with self.connection() as connection:
            return connection.execute(statement.encode()).fetchall()

    def content(self) -> dict[str, list[str]]:
        """All rows of all tables as PostgreSQL prints them, the simulator's own too."""
        tables = [*(f"shop.{table}" for table in KEYS), "simulator.clock", "simulator.planned"]
        with self.connection() as connection:
            return {
                table: sorted(
                    row for (row,) in connection.execute(f"select t::text from {table} as t".encode())
                )
                for table in tables
            }

    def truth(self) -> dict[str, bytes]:
        """All files of the truth."""
        return {path.name: path.read_bytes() for path in (self.truth_dir / "shop").iterdir()}


@contextmanager
def database(server: str) -> Generator[str]:
    """The address of a new database, which is dropped afterwards; `server` ends with a slash."""
    name = f"shop_{uuid4().hex[:12]}"
    _as_superuser(server, f"create database {name}")
    yield f"{server}{name}"
    _as_superuser(server, f"drop database {name} with (force)")


def _as_superuser(server: str, statement: str) -> None:
    """In a connection of its own: some tests kill the server, and the database lives longer."""
    with psycopg.connect(f"{server}postgres", autocommit=True) as connection:
        connection.execute(statement.encode())


def empty_shop(url: str, truth_dir: Path) -> SimulatedShop:
    """The shop's and the simulator's empty tables. A shop that was in the database before is gone."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("drop schema if exists shop, simulator cascade")
        for file in ("schema.sql", "simulated.sql"):
            connection.execute((SQL / file).read_bytes())
    return SimulatedShop(url, truth_dir)
