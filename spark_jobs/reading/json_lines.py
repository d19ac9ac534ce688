"""Reads JSON lines with Spark: each line is one flat object, with known keys if it must, or malformed."""

from collections.abc import Iterable, Sequence

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_jobs.contracts.rules import UnknownColumns
from spark_jobs.manifest import JSON_BLANKS, LONGEST_JSON_LINE

CORRUPT = "_corrupt_record"
# Spark's JSON parser stops at the end of the first value, turns nested values into text and reformats numbers
# (1.10 becomes 1.1, large ones lose digits). So a line that is not plain (see below) must look like one flat
# object, and its numbers are put into quotes before it is parsed.
GAP = r"[ \t\r\n]*"
NUMBER = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?"
BARE = rf"(?:{NUMBER}|true|false)"
INSIDE = r'[^"\\]*+(?:\\.[^"\\]*+)*+'
TEXT_PAIR = rf'"{INSIDE}"{GAP}:{GAP}(?:"{INSIDE}"|null){GAP}'
# One match is a run of pairs that stay as they are, followed by a pair whose value is put into quotes (copies
# of the quote that ends its key) or by the end of the line: \z, as $ also matches before a line break.
RUN = rf"(\A{GAP}\{{{GAP}|\G(?!\A))((?:{TEXT_PAIR},{GAP})*+)"
UNQUOTED = rf'("{INSIDE})(")({GAP}:{GAP})({BARE})({GAP}(?:,{GAP}|\}}{GAP}\z))'
FLAT_OBJECT = rf"{RUN}(?:{UNQUOTED}|((?:{TEXT_PAIR})?\}}{GAP}\z))"
# No line contains a line break, so one at the end of the result says that the last match reached the end.
QUOTED = "$1$2$3$4$5$4$6$4$7$8\n"
# A plain line needs no parser: keys in the contract's order, some perhaps missing, and texts without escapes.
# PLAIN_TEXT is not possessive: Java is faster without, and never steps back, as a text contains no quote.
PLAIN_TEXT = r'[^"\\\x00-\x1f]*'
PLAIN_VALUE = rf'(?:"({PLAIN_TEXT})"|({BARE})|null)'
NEXT_OR_END = rf"(?:,{GAP}(?!\}})|(?=\}}))"
# Jackson replaces an escape that names half of a surrogate pair by a question mark.
WHOLE_PAIR = r"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
HALF_PAIR = r"\\u[dD][89a-fA-F]"


def read_json_lines(
    spark: SparkSession, paths: list[str], names: Sequence[str], unknown_columns: UnknownColumns
) -> DataFrame:
    """All lines that are not blank: the texts `received`, `malformed`, `record` and `path` of the file.

    A value that a line does not have is null or an empty text; both mean the same. Unless they are refused,
    unknown keys are passed over.
    """
    lines = (
        spark.read.option("lineSep", "\n")
        .text(paths)
        # The cheap test comes first and answers for most lines; trimming looks at every character.
        .where(F.startswith("value", F.lit("{")) | (F.btrim("value", F.lit(JSON_BLANKS)) != ""))
        .select("value", F.col("_metadata.file_path").alias("path"))
    )
    schema = ", ".join(f"`{name}` string" for name in (*names, CORRUPT))
    fits = F.length("value") <= LONGEST_JSON_LINE
    # The number of bytes is known without counting, and there are never fewer bytes than characters.
    surely_fits = F.octet_length("value") <= LONGEST_JSON_LINE
    pattern, values = _plain_line(names, unknown_columns)
    in_texts = (F.get("texts", F.lit(place)) for place in range(len(names)))
    read = (
        lines.withColumn("texts", F.when(surely_fits, F.regexp_replace("value", pattern, values)))
        .withColumn("texts", F.when(F.contains("texts", F.lit("\n")), F.split("texts", "\n")))
        .withColumn("plain", F.when(F.col("texts").isNotNull(), received(names, in_texts)))
        .withColumn("quoted", F.when(F.col("plain").isNull(), F.regexp_replace("value", FLAT_OBJECT, QUOTED)))
        .withColumn("fields", F.from_json("quoted", schema, {"columnNameOfCorruptRecord": CORRUPT}))
        .withColumn("keys", F.json_object_keys("quoted"))
    )
    is_plain = F.col("plain").isNotNull()
    is_flat = F.endswith("quoted", F.lit("\n")) & fits
    is_object = is_plain | (is_flat & F.col("keys").isNotNull() & F.col(f"fields.{CORRUPT}").isNull())
    known = F.array(*(F.lit(name) for name in names))
    unknown = F.array_except("keys", known) if unknown_columns == "refuse" else F.array()
    twice = F.size(F.filter("keys", lambda key: key.isin(list(names)))) > F.size(
        F.array_intersect("keys", known)
    )
    why = (
        F.when(is_plain, None)
        .when(~is_object, "expected one flat JSON object on the line")
        .when(F.size(unknown) > 0, F.concat(F.lit("unknown key "), F.array_join(unknown, ", ")))
        .when(twice, "a key is given twice")
        .when(~_is_text(F.col("value")), "half of a surrogate pair is no character")
    )
    judged = read.withColumns({"is_object": is_object, "malformed": why})
    parsed = F.when(F.col("malformed").isNull(), received(names, (F.col(f"fields.{name}") for name in names)))
    return judged.select(
        F.coalesce("plain", parsed).alias("received"),
        "malformed",
        F.when(F.col("is_object"), F.col("value")).otherwise(as_malformed(F.col("value"))).alias("record"),
        "path",
    )


def received(names: Sequence[str], texts: Iterable[Column]) -> Column:
    """The texts of a record as one struct column, which Spark copies as a whole from step to step."""
    return F.struct(*(text.alias(name) for name, text in zip(names, texts, strict=True)))


def _plain_line(names: Sequence[str], unknown_columns: UnknownColumns) -> tuple[str, str]:
    """The pattern of a plain line, and its replacement: the values, each followed by a line break.

    No line contains a line break, so one in the result says that the pattern matched.
    """
    pairs = [rf'(?:"{name}"{GAP}:{GAP}{PLAIN_VALUE}{GAP}{NEXT_OR_END})?+' for name in names]
    if unknown_columns == "report":
        # Behind the known keys. A known key here is out of order, so the line must be parsed.
        key, value = rf'"(?!(?:{"|".join(names)})"){PLAIN_TEXT}"', rf'(?:"{PLAIN_TEXT}"|{BARE}|null)'
        pairs.append(rf"(?:{key}{GAP}:{GAP}{value}{GAP}{NEXT_OR_END})*+")
    values = (f"${2 * place + 1}${2 * place + 2}\n" for place in range(len(names)))
    return rf"\A{GAP}\{{{GAP}{''.join(pairs)}\}}{GAP}\z", "".join(values)


def _is_text(line: Column) -> Column:
    """No escape in the JSON line names half of a surrogate pair."""
    has_surrogate = F.contains(line, F.lit("\\ud")) | F.contains(line, F.lit("\\uD"))
    left = F.regexp_replace(line, WHOLE_PAIR, "")
    return F.when(has_surrogate, ~left.rlike(HALF_PAIR)).otherwise(True)


def as_malformed(text: Column) -> Column:
    """A broken record as a JSON object; null where there is none."""
    return F.when(text.isNotNull(), F.to_json(F.struct(text.alias("malformed"))))
