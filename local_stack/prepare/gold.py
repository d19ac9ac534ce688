"""dbt's manifest, and the gold tables created empty, so that there is one way only to load them."""

import hashlib
import json

from local_stack.dbt import PROJECT, dbt
from local_stack.environments import dbt_environment
from local_stack.gold_models import models
from local_stack.home import CHECKOUT, Home
from local_stack.settings import Settings

_NOT_SOURCE = frozenset({"target", "logs", "dbt_packages"})


def parse(home: Home, settings: Settings) -> None:
    """Write dbt's manifest into the home, unless the one that is there was made from the same files."""
    mark = home.dbt_target / ".made-from"
    fingerprint = _fingerprint(home, settings)
    if mark.exists() and mark.read_text() == fingerprint:
        return
    dbt(home, settings, "parse")
    mark.write_text(fingerprint)


def create_empty(home: Home, settings: Settings) -> None:
    """Create the models that have no relation in Trino, without rows; needs Trino, manifest, silver."""
    existing = _relations(settings)
    # These models and no others: a table that exists is never built anew from nothing.
    if missing := sorted(model.name for model in models(home) if model.relation not in existing):
        dbt(home, settings, "run", "--empty", "--select", *missing)


def _relations(settings: Settings) -> set[tuple[str, str]]:
    from trino.dbapi import connect

    with connect(
        host=settings.trino_host, port=settings.trino_port, user="shopflow", catalog="gold"
    ) as connection:
        rows = connection.cursor().execute("select table_schema, table_name from information_schema.tables")
        return {tuple(row) for row in rows.fetchall()}


def _fingerprint(home: Home, settings: Settings) -> str:
    """A hash over what the manifest is made from: the project's files, dbt's version, the environment."""
    digest = hashlib.sha256((CHECKOUT / "requirements.lock").read_bytes())
    digest.update(json.dumps(dbt_environment(home, settings), sort_keys=True).encode())
    for file in sorted(PROJECT.rglob("*")):
        if file.is_file() and not _NOT_SOURCE.intersection(file.relative_to(PROJECT).parts):
            digest.update(f"\0{file.relative_to(PROJECT)}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()
