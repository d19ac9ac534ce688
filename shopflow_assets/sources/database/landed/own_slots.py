"""Which replication slots the pipeline has made: it drops no other.

It leaves a note in the lake before it makes a slot. So the slot of a snapshot that was killed, which no
manifest knows, is told from that of another program or of another home.
"""

from shopflow_assets.settings import settings
from shopflow_assets.sources.database.landed.landed_day import DatabaseDays


def is_own(days: DatabaseDays, cluster: str) -> bool:
    """Whether the pipeline has made the server's slot of the name that is set, or was about to."""
    return days.lake.get(_note(days, cluster)) is not None


def note_slot(days: DatabaseDays, cluster: str) -> None:
    """Note that the slot is about to be made.

    Raises:
        StoreError: another landing was faster, or MinIO refused.
    """
    if not is_own(days, cluster):
        days.lake.replace(_note(days, cluster), None, b"")


def how_to_drop() -> str:
    """The statement that drops the slot."""
    return f"`select pg_drop_replication_slot('{settings().oltp_slot}')`"


def _note(days: DatabaseDays, cluster: str) -> str:
    return f"bronze/{days.domain}/_slots/{cluster}/{settings().oltp_slot}"
