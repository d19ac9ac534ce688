"""Reads exactly the files that manifests list, every value as the text that was received.

Result columns: one text column per source column of the contract; `malformed`, why the record as such is
broken, else null; `record`, the JSON line as received, null for a readable CSV record; `row_id`, which tells
equal records apart; then partition_date, source_file and ingested_at.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import DateType, StringType, StructField, StructType, TimestampNTZType

from spark_jobs.manifest import LONGEST_JSON_LINE, MOST_FIELDS, LandedFile, Manifest

LAKE = "s3a://datalake/"
BLANKS = " \t\r\n"
CORRUPT = "_corrupt_record"
LANDING = StructType(
    [
        StructField("path", StringType()),
        StructField("partition_date", DateType()),
        StructField("source_file", StringType()),
        StructField("ingested_at", TimestampNTZType()),
    ]
)
# Spark's JSON parser stops at the end of the first value, turns nested values into text and writes numbers
# anew (1.10 becomes 1.1, large ones lose digits). So a line must look like one flat object, and its numbers
# are put into quotes before it is parsed.
GAP = r"[ \t\r\n]*"
NUMBER = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?"
PLAIN = rf"(?:{NUMBER}|true|false)"
PAIR = rf'"[^"]*+"{GAP}:{GAP}(?:"[^"]*+"|{PLAIN}|null){GAP}'
# \z, because $ lets one line end of any script stand behind it.
FLAT_OBJECT = rf'^{GAP}\{{{GAP}(?:{PAIR}(?:,{GAP}(?=")|(?=\}})))*+\}}{GAP}\z'
UNQUOTED = rf'([{{,]{GAP}"[^"\\]*+"{GAP}:{GAP})({PLAIN})(?={GAP}[,}}])'
# Jackson puts a question mark where an escape names half of a surrogate pair.
WHOLE_PAIR = r"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
HALF_PAIR = r"\\u[dD][89a-fA-F]"


def read_records(spark: SparkSession, manifests: Iterable[Manifest], names: Sequence[str]) -> DataFrame:
    """All records of the manifests' files; see the module for the columns."""
    by_form: dict[tuple[str, ...] | None, list[tuple[Manifest, LandedFile]]] = defaultdict(list)
    for manifest in manifests:
        for file in manifest.files:
            by_form[None if file.is_json else file.columns].append((manifest, file))
    parts = [_empty(spark, names)]
    for header, listed in by_form.items():
        paths = [_path(manifest, file) for manifest, file in listed]
        read = (
            _read_json_lines(spark, paths, names)
            if header is None
            else _read_csv(spark, paths, header, names)
        )
        parts.append(_with_landing(spark, read, listed))
    return reduce(DataFrame.unionByName, parts).withColumn("row_id", F.monotonically_increasing_id())


def _read_csv(
    spark: SparkSession, paths: list[str], header: Sequence[str], names: Sequence[str]
) -> DataFrame:
    # Spark ignores a header's order, so files are read under the header that the manifest says they have.
    # Left to itself it turns CRLF in quotes into LF, joins records where line ends are mixed, and takes a NUL
    # before a quote for an escape.
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
        # A blank line that ends with CRLF.
        .where(F.coalesce(F.col(CORRUPT) != "", F.lit(True)))
        .withColumn(header[-1], F.rtrim(F.col(header[-1]), F.lit("\r")))
    )
    found = F.size(F.split(F.col(CORRUPT), ",", -1))
    why = F.format_string(
        f"expected {len(header)} fields, found about %d: '%s'", found, F.left(CORRUPT, F.lit(200))
    )
    return rows.select(
        # A ragged record's values may stand under the wrong names, so none of them is used.
        *(
            F.when(F.col(CORRUPT).isNull(), F.col(name)).alias(name) if name in header else _null(name)
            for name in names
        ),
        F.when(F.col(CORRUPT).isNotNull(), why).alias("malformed"),
        _as_malformed(F.col(CORRUPT)).alias("record"),
        F.col("_metadata.file_path").alias("path"),
    )


def _read_json_lines(spark: SparkSession, paths: list[str], names: Sequence[str]) -> DataFrame:
    lines = (
        spark.read.option("lineSep", "\n")
        .text(paths)
        .where(F.btrim("value", F.lit(BLANKS)) != "")
        .select("value", F.col("_metadata.file_path").alias("path"))
    )
    unescaped = F.when(F.contains("value", F.lit("\\")), F.regexp_replace("value", r"\\.", ""))
    is_flat = F.coalesce(unescaped, "value").rlike(FLAT_OBJECT)
    schema = ", ".join(f"`{name}` string" for name in (*names, CORRUPT))
    read = (
        lines.withColumn("is_flat", is_flat & (F.length("value") <= LONGEST_JSON_LINE))
        .withColumn("is_text", _is_text(F.col("value")))
        .withColumn("quoted", F.regexp_replace("value", UNQUOTED, '$1"$2"'))
        .withColumn("fields", F.from_json("quoted", schema, {"columnNameOfCorruptRecord": CORRUPT}))
        .withColumn("keys", F.json_object_keys("quoted"))
    )
    is_object = F.col("is_flat") & F.col("keys").isNotNull() & F.col(f"fields.{CORRUPT}").isNull()
    unknown = F.array_except("keys", F.array(*(F.lit(name) for name in names)))
    why = (
        F.when(~is_object, "expected one flat JSON object on the line")
        .when(F.size(unknown) > 0, F.concat(F.lit("unknown key "), F.array_join(unknown, ", ")))
        .when(F.size("keys") != F.size(F.array_distinct("keys")), "a key is given twice")
        .when(~F.col("is_text"), "half of a surrogate pair is no character")
    )
    judged = read.select("value", "path", "fields", is_object.alias("is_object"), why.alias("malformed"))
    return judged.select(
        *(F.when(F.col("malformed").isNull(), F.col(f"fields.{name}")).alias(name) for name in names),
        "malformed",
        F.when(F.col("is_object"), F.col("value")).otherwise(_as_malformed(F.col("value"))).alias("record"),
        "path",
    )


def _is_text(line: Column) -> Column:
    """No escape of the JSON line names half of a surrogate pair."""
    left = F.regexp_replace(line, WHOLE_PAIR, "")
    return F.when(F.lower(line).contains("\\ud"), ~left.rlike(HALF_PAIR)).otherwise(True)


def _as_malformed(text: Column) -> Column:
    """A broken record as a JSON object; null where there is none."""
    return F.when(text.isNotNull(), F.to_json(F.struct(text.alias("malformed"))))


def _with_landing(
    spark: SparkSession, read: DataFrame, listed: Sequence[tuple[Manifest, LandedFile]]
) -> DataFrame:
    rows = [
        (_path(manifest, file), manifest.partition_date, file.name, file.landed_at.replace(tzinfo=None))
        for manifest, file in listed
    ]
    landing = spark.createDataFrame(rows, LANDING)
    return read.join(F.broadcast(landing), "path", "left").drop("path")


def _empty(spark: SparkSession, names: Sequence[str]) -> DataFrame:
    texts = [StructField(name, StringType()) for name in (*names, "malformed", "record")]
    return spark.createDataFrame([], StructType(texts + LANDING.fields[1:]))


def _path(manifest: Manifest, file: LandedFile) -> str:
    return f"{LAKE}{manifest.prefix}{file.name}"


def _null(name: str) -> Column:
    return F.lit(None).cast("string").alias(name)
