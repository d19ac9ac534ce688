"""Lines as a lander writes them need no JSON parser, also where columns are added that no contract knows.

Parsing costs several times as much; the values are right either way.
"""

import json

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from spark_jobs.contracts.rules import UnknownColumns
from spark_jobs.reading.json_lines import _plain_line

NAMES = ("_pos", "name", "city")
KNOWN = {
    '{"_pos": "1", "name": "Ada", "city": null}': True,
    '{"_pos":1,"city":"é 😀"}': True,
    '{"name": "Ada", "_pos": "1"}': False,
    '{"_pos": "1", "name": "A\\"da"}': False,
    '{"_pos": "1", "_pos": "2"}': False,
}
# Whether the line is plain where unknown keys are passed over.
UNKNOWN = {
    json.dumps({"_pos": "1", "name": "Ada", "city": None, "points": "7", "tier": None}): True,
    '{"_pos": "1", "points": 7 , "tier":true}': True,
    '{"points": "7"}': True,
    '{"points": "7", "_pos": "1"}': False,
    '{"_pos": "1", "points": "7", "city": "x"}': False,
    '{"_pos": "1", "points": "7", "_pos": "2"}': False,
    '{"_pos": "1", "points": {}}': False,
    '{"_pos": "1", "points": "\\u0041"}': False,
    '{"_pos": "1", "na\\u006de": "Ada"}': False,
    '{"_pos": "1", "points": "7",}': False,
    '{"_pos": "1", "points": "7"} x': False,
}
LONG = json.dumps({"_pos": "1", **{f"new_{n}": "x" * 100 for n in range(20_000)}})


@pytest.mark.parametrize(
    ("unknown_columns", "lines"),
    [("refuse", KNOWN | dict.fromkeys(UNKNOWN, False)), ("report", KNOWN | UNKNOWN | {LONG: True})],
)
def test_a_plain_line_is_recognised(
    spark: SparkSession, unknown_columns: UnknownColumns, lines: dict[str, bool]
) -> None:
    pattern, _ = _plain_line(NAMES, unknown_columns)
    rows = spark.createDataFrame([(line,) for line in lines], "line string")
    is_plain = [row[0] for row in rows.select(F.col("line").rlike(pattern)).collect()]
    assert dict(zip(lines, is_plain, strict=True)) == lines
