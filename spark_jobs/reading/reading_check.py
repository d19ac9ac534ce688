"""Compares what Spark read with what the manifests count, to find records split, lost or shifted."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F

from spark_jobs.manifest import LandedFile, Manifest
from spark_jobs.shown_text import shown


def reading_sums(names: Sequence[str]) -> list[Column]:
    """What to add up over the records of a file for `misread_days`."""
    lengths = (F.coalesce(F.sum(F.length(f"received.{name}")), F.lit(0)).alias(name) for name in names)
    return [F.count(F.lit(1)).alias("_records"), F.count("malformed").alias("_malformed"), *lengths]


def misread_days(
    rows: Iterable[Mapping[str, Any]], manifests: Iterable[Manifest], names: Sequence[str]
) -> dict[date, str]:
    """Days whose files Spark reads differently from the strict reader, with each file's first difference.

    Args:
        rows: the `reading_sums` of each source_file and partition_date.
        manifests: what the strict reader counted.
        names: the source columns.
    """
    read = {(row["partition_date"], row["source_file"]): row for row in rows}
    problems: dict[date, str] = {}
    for manifest in manifests:
        differences = [
            difference
            for file in manifest.files
            if (difference := _difference(file, read.get((manifest.partition_date, file.name), {}), names))
        ]
        if differences:
            problems[manifest.partition_date] = "; ".join(differences)
    return problems


def _difference(file: LandedFile, read: Mapping[str, Any], names: Sequence[str]) -> str | None:
    expected = {"_records": file.records, "_malformed": file.malformed}
    expected |= {name: file.characters.get(name, 0) for name in names}
    for name, count in expected.items():
        if read.get(name, 0) != count:
            what = {"_records": "records", "_malformed": "malformed records"}.get(
                name, f"characters in {name}"
            )
            return (
                f"{shown(file.source)}: Spark reads {read.get(name, 0)} {what}, the manifest counts {count}; "
                f"the file ({file.name}) is kept, silver of the day is left as it was"
            )
    return None
