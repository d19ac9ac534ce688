"""The hash of all that a day of a silver table is made from. If it is unchanged, there is nothing to do."""

import hashlib
import json

from spark_jobs.code_hash import code_hash
from spark_jobs.contracts.rules import Limits
from spark_jobs.manifest import Manifest
from spark_jobs.silver_table import SilverTable

SHARED_CODE = "spark_jobs.silver_job"
# The name under which the ledger and Dagster keep the hash.
INPUT = "input_sha256"


def input_sha256(table: SilverTable, manifest: Manifest, limits: Limits, table_id: str) -> str:
    """Hash of a day's manifest, the table's contract and code, the code shared by all tables, and the limits.

    `table_id` is part of it, so that a table that was dropped and created again is filled again.
    """
    modules = {SHARED_CODE, table.contract.__module__}
    if table.transform:
        modules.add(table.transform.__module__)
    parts = [manifest.sha256, code_hash(*sorted(modules)), repr(limits), table_id]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
