"""Puts a batch of lines into the lake: small landings of an hour grow one object per table."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from shopflow_assets.sources.database.landed.landed_day import DatabaseDay
from shopflow_assets.sources.database.landed.lines import Batch, TableLines, sha256
from shopflow_assets.sources.store import ObjectStore
from spark_jobs.manifest import Claim, LandedFile, day_prefix

# A growing object is put again whole with each landing, so it must stay small.
GROWS_TO = 1 << 20


def put_lines(lake: ObjectStore, landed: DatabaseDay, batch: Batch, landed_at: datetime) -> DatabaseDay:
    """Put the batch's objects; returns the day with them, which nobody sees before it is committed.

    An object is named by its first position and its content: what a killed landing left is put again under
    the same name, or listed nowhere.
    """
    files = dict(landed.files)
    for lines in batch.close():
        table = lines.table.rules.table
        files[table] = _with(lake, landed, files.get(table, ()), lines, landed_at)
    return landed.model_copy(update={"files": files})


def put_changes(lake: ObjectStore, landed: DatabaseDay, batch: Batch, landed_at: datetime) -> DatabaseDay:
    """Put lines that no window has. Silver of a day with claims of windows must hold them too."""
    claims = {name: _plus(claim, batch.lines.get(name)) for name, claim in landed.claims.items()}
    return put_lines(lake, landed.model_copy(update={"claims": claims}), batch, landed_at)


def _plus(claim: Claim, lines: TableLines | None) -> Claim:
    if lines is None:
        return claim
    amount = None if claim.amount is None else claim.amount + lines.amount
    return Claim(rows=claim.rows + lines.records, amount=amount)


def _with(
    lake: ObjectStore,
    landed: DatabaseDay,
    before: tuple[LandedFile, ...],
    lines: TableLines,
    landed_at: datetime,
) -> tuple[LandedFile, ...]:
    prefix = day_prefix(lines.table.rules.feed_folder, landed.partition_date)
    file = _landed_file(lines, landed_at, is_simulated=landed.is_simulated)
    if before and _grows(before[-1], file):
        stored = lake.get(prefix + before[-1].name)
        # An object that is gone or damaged is not replaced: what it held would be missed by nobody.
        if stored is not None and hashlib.sha256(stored[0]).hexdigest() == before[-1].sha256:
            path = lines.path.with_suffix(".grown")
            path.write_bytes(stored[0] + lines.path.read_bytes())
            file = _joined(before[-1], file, path)
            lake.upload(prefix + file.name, path)
            return (*before[:-1], file)
    lake.upload(prefix + file.name, lines.path)
    return (*before, file)


def _grows(last: LandedFile, new: LandedFile) -> bool:
    is_same_epoch = last.name[:4] == new.name[:4]
    is_same_hour = f"{last.landed_at:%Y%m%d%H}" == f"{new.landed_at:%Y%m%d%H}"
    return is_same_epoch and is_same_hour and last.bytes + new.bytes <= GROWS_TO


def _landed_file(lines: TableLines, landed_at: datetime, *, is_simulated: bool) -> LandedFile:
    digest = sha256(lines.path)
    return LandedFile(
        name=_name(lines.first.replace("/", "-"), digest),
        source=f"{lines.table.name} {lines.first} to {lines.last}",
        bytes=lines.path.stat().st_size,
        sha256=digest,
        columns=lines.columns,
        records=lines.records,
        malformed=lines.malformed,
        characters=dict(+lines.characters),
        amount=lines.amount if lines.table.rules.amount else None,
        landed_at=landed_at,
        is_simulated=is_simulated,
    )


def _joined(shorter: LandedFile, added: LandedFile, path: Path) -> LandedFile:
    """The object that holds the lines of both."""
    digest = sha256(path)
    start = shorter.name[: -len(_name("", digest))]
    update = {
        "name": _name(start, digest),
        "source": f"{shorter.source.rpartition(' to ')[0]} to {added.source.rpartition(' to ')[2]}",
        "bytes": path.stat().st_size,
        "sha256": digest,
        "columns": tuple(dict.fromkeys([*shorter.columns, *added.columns])),
        "records": shorter.records + added.records,
        "malformed": shorter.malformed + added.malformed,
        "characters": _sums(shorter.characters, added.characters),
        "amount": None if added.amount is None else (shorter.amount or 0) + added.amount,
    }
    return added.model_copy(update=update)


def _sums(first: Mapping[str, int], second: Mapping[str, int]) -> dict[str, int]:
    return {name: first.get(name, 0) + second.get(name, 0) for name in (*first, *second)}


def _name(start: str, digest: str) -> str:
    return f"{start}-{digest[:12]}.jsonl"
