"""Judges records by their contract: row rules, then group rules on the rows that passed, then duplicates.

Pure functions of DataFrames. The few offending keys are found on narrow columns and joined by broadcast:
a shuffle of every column costs more than all the rules together.
"""

from collections.abc import Mapping

from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F

from spark_jobs.contracts.contract import LANDING_COLUMNS
from spark_jobs.contracts.rules import Limits, TableRules
from spark_jobs.contracts.table import Table
from spark_jobs.contracts.versions import OPERATION, UNCHANGED
from spark_jobs.judging.parsing import is_clean_text, reason, text_of, typed, with_composed


def judge_rows(records: DataFrame, table: Table, limits: Limits) -> DataFrame:
    """Judge each record by itself.

    Returns the records as received plus three columns. `composed` has the texts in Unicode's form NFC if they
    were received otherwise. `value` is a struct of the parsed source columns, without those whose value is
    just their clean text. `reasons` lists every row rule that fails; a rule whose result is null passes.
    """
    columns, value = table.source_columns, _values(table)
    parsed = (typed(c, text_of(c.name)).alias(c.name) for c in columns if not is_clean_text(c))
    why = [reason(c, value[c.name]) for c in columns]
    why += [
        F.when(~rule.holds(lambda name: value.get(name, F.col(name)), limits), F.lit(rule.text))
        for rule in table.rules.rules
    ]
    broken = F.array(F.concat(F.lit("malformed record: "), "malformed"))
    # Spark generates no code for array_compact, so only the few rows with a reason go through it.
    failed = F.when(F.coalesce(*why).isNotNull(), F.array_compact(F.array(*why))).otherwise(_no_reasons())
    reasons = F.when(F.col("malformed").isNotNull(), broken).otherwise(failed)
    composed = with_composed(records, table.source_names)
    # Each is read once, not in the reason of every column that depends on it.
    of_version = [name for name in (OPERATION, UNCHANGED) if name in table.source_names]
    prepared = composed.select("*", *(text_of(name).alias(name) for name in of_version))
    judged = prepared.withColumn("value", F.struct(*parsed)).withColumn("reasons", reasons)
    return judged.drop(*of_version) if of_version else judged


def values_of(judged: DataFrame, table: Table) -> DataFrame:
    """The table's columns, parsed, and `row_id`."""
    parsed = (value.alias(name) for name, value in _values(table).items())
    return judged.select(*parsed, *LANDING_COLUMNS, "row_id")


def find_suspects(judged: DataFrame, table: Table) -> DataFrame:
    """Judged rows that may not reach silver: refused by a row rule, or in a group that may break a rule.

    A suspected group is complete, so group rules find in these rows what they would find in all rows.
    """
    rules = table.rules
    suspected = F.broadcast(_suspected_groups(_passed(judged, table), rules))
    same_group = _group_hash(rules, _values(table)) == suspected["group_hash"]
    marked = judged.join(suspected, same_group, "left")
    return marked.where((F.size("reasons") > 0) | F.col("group_hash").isNotNull()).drop("group_hash")


def group_findings(judged: DataFrame, table: Table) -> DataFrame:
    """What group rules find among the rows that passed all row rules: only the rows with a finding.

    The rows of a group must agree. If a day has a key more than once, the newest row in the source's order is
    kept and the others are superseded. Without such an order, all rows of the key are the newest. If the
    newest rows differ, the key is ambiguous and all its rows are refused. If they are equal, the first by the
    name of its file is kept.

    Returns row_id, partition_date, `amount` (0 when the table has none), `group_reasons`, and `went`: where
    the row goes, `quarantined`, `duplicate` (equal to a row that is kept) or `superseded`. Of a duplicate
    `is_repeated_in_file` says whether its file has an equal row before it.
    """
    rules = table.rules
    same_key = Window.partitionBy("partition_date", *rules.key)
    in_file = Window.partitionBy("partition_date", *rules.key, "source_file")
    order = F.struct(*rules.newest_by or [F.lit(0)])
    content = F.struct(*table.source_names)
    newest = F.when(F.col("is_newest"), content)
    passed = _passed(judged, table).withColumn("is_newest", order == F.max(order).over(same_key))
    compared = passed.select(
        "row_id",
        "partition_date",
        (F.col(rules.amount) if rules.amount else F.lit(0)).alias("amount"),
        "is_newest",
        _disagreements(rules, Window.partitionBy(_group(rules))).alias("disagreements"),
        # These few rows are compared by their values: rows that differ may have the same hash.
        (F.min(newest).over(same_key) != F.max(newest).over(same_key)).alias("is_conflict"),
        (F.row_number().over(same_key.orderBy(F.desc("is_newest"), "source_file", "row_id")) > 1).alias(
            "is_repeated"
        ),
        (F.row_number().over(in_file.orderBy(F.desc("is_newest"), "row_id")) > 1).alias(
            "is_repeated_in_file"
        ),
        F.array_join(F.array(*(F.col(name).cast("string") for name in rules.key)), ", ").alias("shown"),
    )
    conflict = F.concat(F.lit("conflicting records for key ("), "shown", F.lit(")"))
    agrees = F.size("disagreements") == 0
    return compared.where(~agrees | F.col("is_conflict") | F.col("is_repeated")).select(
        "row_id",
        "partition_date",
        "amount",
        F.when(~agrees, F.col("disagreements"))
        .when(F.col("is_conflict"), F.array(conflict))
        .alias("group_reasons"),
        F.when(~agrees | F.col("is_conflict"), "quarantined")
        .when(F.col("is_newest"), "duplicate")
        .otherwise("superseded")
        .alias("went"),
        "is_repeated_in_file",
    )


def with_findings(judged: DataFrame, findings: DataFrame) -> DataFrame:
    """Judged rows, with the reasons of the group rules added to `reasons`."""
    verdicts = F.broadcast(findings.select("row_id", "group_reasons"))
    reasons = F.concat("reasons", F.coalesce("group_reasons", _no_reasons()))
    return judged.join(verdicts, "row_id", "left").withColumn("reasons", reasons).drop("group_reasons")


def without_findings(judged: DataFrame, findings: DataFrame, table: Table) -> DataFrame:
    """The values of the rows that reach silver: those that passed all row rules and have no finding."""
    return _passed(judged, table).join(F.broadcast(findings.select("row_id")), "row_id", "left_anti")


def _values(table: Table) -> dict[str, Column]:
    """The value of each source column in judged records."""
    return {
        c.name: text_of(c.name) if is_clean_text(c) else F.col(f"value.{c.name}")
        for c in table.source_columns
    }


def _passed(judged: DataFrame, table: Table) -> DataFrame:
    return values_of(judged.where(F.size("reasons") == 0), table)


def _group(rules: TableRules) -> list[str]:
    """The columns that define a group: its rows have the same values in them."""
    return ["partition_date", *([rules.group_key] if rules.group_key else rules.key)]


def _group_hash(rules: TableRules, values: Mapping[str, Column]) -> Column:
    """A number that all rows of a group share; columns without an entry in `values` are taken by name."""
    return F.xxhash64(*(values.get(name, F.col(name)) for name in _group(rules)))


def _suspected_groups(passed: DataFrame, rules: TableRules) -> DataFrame:
    """Hashes of the groups that may have a key more than once or rows that disagree.

    A group suspected wrongly does no harm: its values are compared afterwards. A group is missed only if rows
    that disagree have equal hashes, once in 2**64 times; Pandera's check of the day compares the values too.
    """
    # The hash skips nulls: without the null flags, a text would hash alike in one column and in the next.
    agreed = [part for name in rules.agree_on for part in (F.col(name), F.col(name).isNull())]
    rows = passed.select(
        _group_hash(rules, {}).alias("group_hash"),
        F.xxhash64(*rules.key).alias("key_hash"),
        F.xxhash64(*agreed or [F.lit(0)]).alias("agreed"),
    )
    # All rows of a key are in one group, so one shuffle serves both aggregations.
    keys = (
        rows.repartition("group_hash")
        .groupBy("group_hash", "key_hash")
        .agg(F.count(F.lit(1)).alias("copies"), F.min("agreed").alias("least"), F.max("agreed").alias("most"))
    )
    groups = keys.groupBy("group_hash").agg(
        F.max("copies").alias("copies"), F.min("least").alias("least"), F.max("most").alias("most")
    )
    return groups.where("copies > 1 or least < most").select("group_hash")


def _disagreements(rules: TableRules, same_group: WindowSpec) -> Column:
    """The reasons for refusing a group: columns that differ where its rows must agree."""
    noun = f"lines of one {(rules.group_key or '').removesuffix('_id')}"
    why = (
        F.when(F.min(name).over(same_group) != F.max(name).over(same_group), f"{noun} disagree on {name}")
        for name in rules.agree_on
    )
    return F.array_compact(F.array(*why).cast("array<string>"))


def _no_reasons() -> Column:
    return F.array().cast("array<string>")
