"""PostgreSQL's data folder, its roles and databases, and the two tables of the Iceberg catalog."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from local_stack.engines.fetch import Engines
from local_stack.errors import PreparationError
from local_stack.home import INFRA, Home
from local_stack.services.privileges import own, unprivileged
from local_stack.settings import Settings


def initialize(home: Home, settings: Settings, engines: Engines) -> None:
    """Make the data folder on first use. A folder that was interrupted halfway is made again."""
    data = home.path / "postgres"
    making = home.path / "postgres.making"
    if data.exists():
        return
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    own(making)
    # The password goes through a file that only the program's user can read, and that is gone afterwards.
    with tempfile.TemporaryDirectory(dir=home.path) as folder:
        own(Path(folder))
        password = Path(folder) / "password"
        password.write_text(settings.postgres_password.get_secret_value())
        own(password)
        argv = [*unprivileged(engines.postgres, making, Path(folder)),
                str(engines.postgres / "bin" / "initdb"), "-D", str(making), "--username=postgres",
                f"--pwfile={password}", "--auth=scram-sha-256",
                "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]  # fmt: skip
        done = subprocess.run(argv, cwd="/", capture_output=True, text=True, check=False)
    if done.returncode:
        raise PreparationError(f"initdb failed:\n{done.stdout}{done.stderr}")
    making.rename(data)


def prepare(settings: Settings) -> None:
    """Create the roles and databases that are missing, then the Iceberg catalog's tables."""
    import psycopg
    from psycopg import sql

    roles = {
        "dagster": settings.dagster_db_password,
        "iceberg": settings.iceberg_db_password,
        "shop": settings.shop_db_password,
    }
    # They read the shop's tables and have no database of their own.
    readers = {
        "shop_stream": settings.shop_stream_db_password,
        "shop_watermark": settings.shop_watermark_db_password,
    }
    url = settings.database_url("postgres", settings.postgres_password)
    with psycopg.connect(url, autocommit=True) as connection:
        # A server that was started before an update of the code still has the rules of then.
        connection.execute("select pg_reload_conf()")
        there = {name for (name,) in connection.execute("select rolname from pg_roles")}
        databases = {name for (name,) in connection.execute("select datname from pg_database")}
        for role, password in (roles | readers).items():
            if role not in there:
                connection.execute(
                    sql.SQL("create role {} login {} password {}").format(
                        sql.Identifier(role),
                        sql.SQL("replication" if role == "shop_stream" else ""),
                        sql.Literal(password.get_secret_value()),
                    )
                )
        for role in roles:
            if role not in databases:
                connection.execute(
                    sql.SQL("create database {} owner {}").format(sql.Identifier(role), sql.Identifier(role))
                )
    _prepare_iceberg_catalog(settings)
    _prepare_shop(settings)


def _prepare_shop(settings: Settings) -> None:
    """Create the shop's tables, empty, with the rights of those who read them, and the publication."""
    import psycopg

    with psycopg.connect(settings.shop_owner_url) as connection:
        for file in ("schema.sql", "readers.sql", "simulated.sql"):
            connection.execute((INFRA / "postgres" / "shop" / file).read_bytes())


def _prepare_iceberg_catalog(settings: Settings) -> None:
    """Create the two tables that Trino's JDBC catalog expects, and let Dagster read them.

    PyIceberg knows their shape.
    """
    import psycopg

    url = settings.database_url("iceberg", settings.iceberg_db_password)
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "select count(*) from pg_tables"
            " where tablename in ('iceberg_tables', 'iceberg_namespace_properties')"
        ).fetchone()
    if tables != (2,):
        from pyiceberg.catalog.sql import SqlCatalog

        SqlCatalog(
            "gold", uri=url.replace("postgresql://", "postgresql+psycopg://", 1), warehouse="s3://warehouse"
        )
    with psycopg.connect(url) as connection:
        connection.execute("grant select on iceberg_tables, iceberg_namespace_properties to dagster")
