"""Writes dbt's manifest, and creates the gold tables empty, so that only backfills load them."""

import hashlib
import json
import shutil

from local_stack.environments import dbt_environment
from local_stack.home import CHECKOUT, Home
from local_stack.prepare.dbt import PROJECT, dbt
from local_stack.prepare.gold_models import models
from local_stack.prepare.trino_cursor import relations, trino_cursor
from local_stack.settings import Settings

PUBLISHED = ("quality", "int_published_days")
WITHDRAW = """
insert into gold.quality.int_published_days
select
    domain, partition_date, false, 'a table was created again and is empty: backfill the day', null, null,
    run_id, cast(current_timestamp(6) at time zone 'UTC' as timestamp(6))
from (
    select
        domain, partition_date, max_by(run_id, recorded_at) as run_id,
        max_by(is_complete, recorded_at) as is_complete
    from gold.quality.int_published_days group by domain, partition_date
)
where domain = '{schema}' and is_complete"""
_NOT_SOURCE = frozenset({"target", "logs", "dbt_packages"})


def parse(home: Home, settings: Settings) -> None:
    """Write dbt's manifest into the home, unless it has one that was made from the same files."""
    mark = home.dbt_target / ".made-from"
    fingerprint = _fingerprint(home, settings)
    if mark.exists() and mark.read_text() == fingerprint:
        return
    dbt(home, settings, "parse")
    mark.write_text(fingerprint)


def create_empty(home: Home, settings: Settings) -> None:
    """Create the models that have no relation in Trino, without rows; needs Trino, manifest, silver.

    If a table of a domain was missing, the domain's days are no longer published: the new table lacks them.
    """
    with trino_cursor(settings, "gold") as trino:
        existing = relations(trino)
        missing = [model for model in models(home) if model.relation not in existing]
        if PUBLISHED in existing:
            for schema in sorted({model.schema for model in missing if not model.is_view}):
                trino.execute(WITHDRAW.format(schema=schema)).fetchall()
    if missing:
        # Not in the manifest's folder, which others read meanwhile. The copy saves parsing again.
        target = home.dbt_target.with_name("empty")
        target.mkdir(exist_ok=True)
        shutil.copy(home.dbt_target / "partial_parse.msgpack", target)
        # Only the missing models: this would empty a table that exists.
        names = sorted(model.name for model in missing)
        dbt(home, settings, "run", "--empty", "--target-path", str(target), "--select", *names)


def _fingerprint(home: Home, settings: Settings) -> str:
    """A hash over what the manifest is made from: the project's files, dbt's version, the environment."""
    digest = hashlib.sha256((CHECKOUT / "requirements.lock").read_bytes())
    digest.update(json.dumps(dbt_environment(home, settings), sort_keys=True).encode())
    for file in sorted(PROJECT.rglob("*")):
        if file.is_file() and not _NOT_SOURCE.intersection(file.relative_to(PROJECT).parts):
            digest.update(f"\0{file.relative_to(PROJECT)}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()
