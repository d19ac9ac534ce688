"""Judges records by their contract: row rules, then group rules on the rows that passed, then duplicates.

Pure functions of DataFrames. The few offending keys are found on narrow columns and joined by broadcast:
carrying every column through a shuffle costs more than all the rules together.
"""

from collections.abc import Mapping

from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F

from spark_jobs.contracts.contract import LANDING_COLUMNS
from spark_jobs.contracts.rules import Limits, TableRules
from spark_jobs.contracts.table import Table
from spark_jobs.parsing import is_trimmed_text, reason, text_of, typed


def judge_rows(records: DataFrame, table: Table, limits: Limits) -> DataFrame:
    """Judge each record by itself.

    Returns the records as received plus `value`, a struct of each source column's value that is more than its
    trimmed text, parsed, and `reasons`: every row rule that fails. A rule that comes out null passes.
    """
    found, value = table.source_columns, _values(table)
    parsed = (typed(c, text_of(c.name)).alias(c.name) for c in found if not is_trimmed_text(c))
    why = [reason(c, value[c.name]) for c in found]
    why += [
        F.when(~rule.holds(lambda name: value.get(name, F.col(name)), limits), F.lit(rule.text))
        for rule in table.rules.rules
    ]
    broken = F.array(F.concat(F.lit("malformed record: "), "malformed"))
    # Spark generates no code for array_compact, so only the few rows that have a reason come to it.
    failed = F.when(F.coalesce(*why).isNotNull(), F.array_compact(F.array(*why))).otherwise(_no_reasons())
    reasons = F.when(F.col("malformed").isNotNull(), broken).otherwise(failed)
    return records.withColumn("value", F.struct(*parsed)).withColumn("reasons", reasons)


def values_of(judged: DataFrame, table: Table) -> DataFrame:
    """The contract's columns, parsed, and `row_id`."""
    parsed = (value.alias(name) for name, value in _values(table).items())
    return judged.select(*parsed, *LANDING_COLUMNS, "row_id")


def find_suspects(judged: DataFrame, table: Table) -> DataFrame:
    """Judged rows that may not come to silver: refused by a row rule, or of a group that may break a rule.

    A suspected group is there whole, so what group rules find in these rows is what they find in all.
    """
    rules = table.rules
    suspected = F.broadcast(_suspected_groups(_passed(judged, table), rules))
    same_group = _group_hash(rules, _values(table)) == suspected["group_hash"]
    found = judged.join(suspected, same_group, "left")
    return found.where((F.size("reasons") > 0) | F.col("group_hash").isNotNull()).drop("group_hash")


def group_findings(judged: DataFrame, table: Table) -> DataFrame:
    """What rules over groups find among the rows that passed all row rules: only the rows with a finding.

    The rows of a group must agree. Of a key that a day has more than once, the newest by the source's order
    stays and the others are superseded. Newest records that differ (all of them are the newest where a source
    gives no order) are ambiguous: they are refused with all of the key. Of equal ones the first by the name
    of its file stays.
    Returns row_id, partition_date, `amount` (0 when the table has none), `group_reasons`, and `went`: where
    a row without reasons goes, `duplicate` (equal to a row that is kept) or `superseded`.
    """
    rules = table.rules
    same_key = Window.partitionBy("partition_date", *rules.key)
    order = F.struct(*rules.newest_by or [F.lit(0)])
    content = F.struct(*table.source_names)
    newest = F.when(F.col("is_newest"), content)
    passed = _passed(judged, table).withColumn("is_newest", order == F.max(order).over(same_key))
    found = passed.select(
        "row_id",
        "partition_date",
        (F.col(rules.amount) if rules.amount else F.lit(0)).alias("amount"),
        "is_newest",
        _disagreements(rules, Window.partitionBy(_group(rules))).alias("disagreements"),
        # Compared column by column, for these few rows: a hash may be equal for rows that differ.
        (F.min(newest).over(same_key) != F.max(newest).over(same_key)).alias("is_conflict"),
        (F.row_number().over(same_key.orderBy(F.desc("is_newest"), "source_file", "row_id")) > 1).alias(
            "is_repeated"
        ),
        F.array_join(F.array(*(F.col(name).cast("string") for name in rules.key)), ", ").alias("shown"),
    )
    conflict = F.concat(F.lit("conflicting records for key ("), "shown", F.lit(")"))
    agrees = F.size("disagreements") == 0
    return found.where(~agrees | F.col("is_conflict") | F.col("is_repeated")).select(
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
    )


def with_findings(judged: DataFrame, findings: DataFrame) -> DataFrame:
    """Judged rows whose `reasons` hold those of the findings about groups too."""
    verdicts = F.broadcast(findings.select("row_id", "group_reasons"))
    reasons = F.concat("reasons", F.coalesce("group_reasons", _no_reasons()))
    return judged.join(verdicts, "row_id", "left").withColumn("reasons", reasons).drop("group_reasons")


def without_findings(judged: DataFrame, findings: DataFrame, table: Table) -> DataFrame:
    """The values of the rows that come to silver: what passed all row rules, less what the findings name."""
    return _passed(judged, table).join(F.broadcast(findings.select("row_id")), "row_id", "left_anti")


def _values(table: Table) -> dict[str, Column]:
    """The value of each source column in judged records."""
    return {
        c.name: text_of(c.name) if is_trimmed_text(c) else F.col(f"value.{c.name}")
        for c in table.source_columns
    }


def _passed(judged: DataFrame, table: Table) -> DataFrame:
    return values_of(judged.where(F.size("reasons") == 0), table)


def _group(rules: TableRules) -> list[str]:
    """The columns whose values the rows of a group have in common."""
    return ["partition_date", *([rules.group_key] if rules.group_key else rules.key)]


def _group_hash(rules: TableRules, values: Mapping[str, Column]) -> Column:
    """A number that all rows of a group share; a column without an entry in `values` stands for itself."""
    return F.xxhash64(*(values.get(name, F.col(name)) for name in _group(rules)))


def _suspected_groups(passed: DataFrame, rules: TableRules) -> DataFrame:
    """Hashes of the groups that may have a key more than once or rows that disagree.

    What is suspected wrongly is compared by its texts afterwards. Rows that disagree have equal hashes once
    in 2**64 times; Pandera's check of the day compares their texts.
    """
    # A hash passes over nulls: without the flags a text would be the same in one column and in the next.
    told = [part for name in rules.agree_on for part in (F.col(name), F.col(name).isNull())]
    rows = passed.select(
        _group_hash(rules, {}).alias("group_hash"),
        F.xxhash64(*rules.key).alias("key_hash"),
        F.xxhash64(*told or [F.lit(0)]).alias("told"),
    )
    # All rows of a key are rows of its group: one exchange does for both.
    keys = (
        rows.repartition("group_hash")
        .groupBy("group_hash", "key_hash")
        .agg(F.count(F.lit(1)).alias("copies"), F.min("told").alias("least"), F.max("told").alias("most"))
    )
    groups = keys.groupBy("group_hash").agg(
        F.max("copies").alias("copies"), F.min("least").alias("least"), F.max("most").alias("most")
    )
    return groups.where("copies > 1 or least < most").select("group_hash")


def _disagreements(rules: TableRules, same_group: WindowSpec) -> Column:
    """The reasons against the rows of a group that differ where they must agree."""
    noun = f"lines of one {(rules.group_key or '').removesuffix('_id')}"
    why = (
        F.when(F.min(name).over(same_group) != F.max(name).over(same_group), f"{noun} disagree on {name}")
        for name in rules.agree_on
    )
    return F.array_compact(F.array(*why).cast("array<string>"))


def _no_reasons() -> Column:
    return F.array().cast("array<string>")
