"""Reads exactly the files that manifests list, every value as the text that was received.

Result columns: `received`, a struct with the text of each source column; `malformed`, why the record as a
whole is broken, else null; `record`, the JSON line as received, null for a readable CSV record; `row_id`,
which tells equal records apart; then partition_date, source_file and ingested_at.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import reduce

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import DateType, StringType, StructField, StructType, TimestampNTZType

from spark_jobs.contracts.table import Table
from spark_jobs.manifest import MOST_FIELDS, LandedFile, Manifest
from spark_jobs.reading.json_lines import CORRUPT, as_malformed, read_json_lines, received

LAKE = "s3a://datalake/"
# Its commas separate no fields. Possessive quantifiers keep Java from recursing through a long one.
QUOTED_FIELD = r'(?:^|(?<=,))"(?:[^"]++|"")*+"'
MERGED = "a field holds whole lines: a quote opens in one record and closes in a later one"
LANDING = StructType(
    [
        StructField("path", StringType()),
        StructField("partition_date", DateType()),
        StructField("source_file", StringType()),
        StructField("ingested_at", TimestampNTZType()),
    ]
)


def read_records(spark: SparkSession, manifests: Iterable[Manifest], table: Table) -> DataFrame:
    """All records of the manifests' files; see the module for the columns."""
    names, unknown = table.source_names, table.rules.unknown_columns
    # Files with merged records are read apart from the others, whose records need no fingerprint.
    by_form: dict[tuple[tuple[str, ...] | None, bool], list[tuple[Manifest, LandedFile]]] = defaultdict(list)
    for manifest in manifests:
        for file in manifest.files:
            by_form[None if file.is_json else file.columns, bool(file.merged)].append((manifest, file))
    parts = [_empty(spark, names)]
    for (header, has_merged), listed in by_form.items():
        paths = [_path(manifest, file) for manifest, file in listed]
        read = (
            read_json_lines(spark, paths, names, unknown)
            if header is None
            else _read_csv(spark, paths, header, names)
        )
        if has_merged:
            read = _refuse_merged(spark, read, listed)
        parts.append(_with_landing(spark, read, listed))
    return reduce(DataFrame.unionByName, parts).withColumn("row_id", F.monotonically_increasing_id())


def _read_csv(
    spark: SparkSession, paths: list[str], header: Sequence[str], names: Sequence[str]
) -> DataFrame:
    # Spark ignores the order of a header's columns, so files are read by the header that their manifest
    # lists. Spark's defaults turn CRLF in quotes into LF, join records where line ends are mixed, and take a
    # NUL before a quote for an escape. The options below prevent that.
    schema = ", ".join(f"`{name}` string" for name in (*header, CORRUPT))
    rows = (
        spark.read.schema(schema)
        .option("header", True)
        .option("multiLine", True)
        .option("lineSep", "\n")
        .option("escape", '"')
        .option("charToEscapeQuoteEscaping", '"')
        .option("maxColumns", MOST_FIELDS)
        .option("columnNameOfCorruptRecord", CORRUPT)
        .csv(paths)
        # A blank line that ends with CRLF is no record.
        .where(F.coalesce(F.col(CORRUPT) != "", F.lit(True)))
        .withColumn(header[-1], F.rtrim(F.col(header[-1]), F.lit("\r")))
    )
    field_count = F.size(F.split(F.regexp_replace(CORRUPT, QUOTED_FIELD, ""), ",", -1))
    begin = F.left(CORRUPT, F.lit(200))
    why = F.format_string(f"expected {len(header)} fields, found %d: '%s'", field_count, begin)
    # The values of a record with too many or too few fields may be under wrong names, so none is used.
    texts = received(names, (F.col(name) if name in header else F.lit(None).cast("string") for name in names))
    return rows.select(
        F.when(F.col(CORRUPT).isNull(), texts).alias("received"),
        F.when(F.col(CORRUPT).isNotNull(), why).alias("malformed"),
        as_malformed(F.col(CORRUPT)).alias("record"),
        F.col("_metadata.file_path").alias("path"),
        F.sha2(F.replace(F.concat_ws("", *header), F.lit("\r"), F.lit("")), 256).alias("fingerprint"),
    )


def _refuse_merged(
    spark: SparkSession, read: DataFrame, listed: Sequence[tuple[Manifest, LandedFile]]
) -> DataFrame:
    """Refuse the records that their manifest names as made by a stray quote out of several lines."""
    lines: dict[tuple[str, str], list[str]] = defaultdict(list)
    for manifest, file in listed:
        for record in file.merged:
            place = f"{record.first_line} to {record.last_line}"
            lines[_path(manifest, file), record.sha256].append(place)
    rows = [(*of, ", ".join(places)) for of, places in lines.items()]
    merged = spark.createDataFrame(rows, "path string, fingerprint string, lines string")
    is_merged = F.col("lines").isNotNull()
    why = F.concat(F.lit(f"{MERGED} (lines "), "lines", F.lit(")"))
    return read.join(F.broadcast(merged), ["path", "fingerprint"], "left").select(
        F.when(~is_merged, F.col("received")).alias("received"),
        F.coalesce(why, "malformed").alias("malformed"),
        F.coalesce("record", F.when(is_merged, F.to_json("received"))).alias("record"),
        "path",
    )


def _with_landing(
    spark: SparkSession, read: DataFrame, listed: Sequence[tuple[Manifest, LandedFile]]
) -> DataFrame:
    rows = [
        (_path(manifest, file), manifest.partition_date, file.name, file.landed_at.replace(tzinfo=None))
        for manifest, file in listed
    ]
    landing = spark.createDataFrame(rows, LANDING)
    return read.join(F.broadcast(landing), "path", "left").drop("path", "fingerprint")


def _empty(spark: SparkSession, names: Sequence[str]) -> DataFrame:
    texts = StructType([StructField(name, StringType()) for name in names])
    record = StructType().add("received", texts).add("malformed", StringType()).add("record", StringType())
    return spark.createDataFrame([], StructType(record.fields + LANDING.fields[1:]))


def _path(manifest: Manifest, file: LandedFile) -> str:
    return f"{LAKE}{manifest.prefix}{file.name}"
