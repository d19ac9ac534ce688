"""Files that a database's manifests list and the bucket lacks. No source can send them again."""

from collections.abc import Mapping, Sequence
from datetime import date

from shopflow_assets.sources.bronze import BronzeTable
from spark_jobs.manifest import LandedFile
from spark_jobs.silver_table import SilverTable

Lost = Mapping[date, tuple[LandedFile, ...]]


def lost_files(bronze: Mapping[SilverTable, BronzeTable], days: Sequence[date]) -> Mapping[SilverTable, Lost]:
    """What the bucket lacks of some days, by table and day; days that are complete are left out."""
    return {
        table: of_table.missing_by_day(filter(None, map(of_table.manifest, days)))
        for table, of_table in bronze.items()
    }


def how_to_mend_day(bronze: BronzeTable, day: date, lost: Lost) -> str:
    """What to do about the lost files of a table and day; '' if there are none."""
    manifest, files = bronze.manifest(day), lost.get(day, ())
    if manifest is None or not files:
        return ""
    # The advice is the same for each.
    more = f"\nand {len(files) - 1} more of this day and table" if len(files) > 1 else ""
    return bronze.how_to_mend(manifest, files[0]) + more
