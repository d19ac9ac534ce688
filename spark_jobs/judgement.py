"""Judges records by their contract: row rules, then group rules on the rows that passed, then duplicates.

Pure functions of DataFrames. The few offending keys are found on narrow columns and joined by broadcast:
carrying every column through a shuffle costs more than all the rules together.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from spark_jobs.contracts.contract import (
    LANDING_COLUMNS,
    Limits,
    SilverContract,
    names,
    source_columns,
    table_rules,
)
from spark_jobs.parsing import reason, text_of, typed


def judge_rows(records: DataFrame, contract: type[SilverContract], limits: Limits) -> DataFrame:
    """Records as received plus `reasons`: every row rule that fails. A rule that comes out null passes."""
    found = source_columns(contract)
    known = set(names(found))

    def value(name: str) -> Column:
        return F.col(f"value_{name}" if name in known else name)

    texts = records.select("*", *(text_of(c.name).alias(f"text_{c.name}") for c in found))
    values = texts.select("*", *(typed(c, F.col(f"text_{c.name}")).alias(f"value_{c.name}") for c in found))
    expected = {
        c.name: F.lit(True) if c.since is None else F.col("partition_date") >= F.lit(c.since) for c in found
    }
    why = [F.when(expected[c.name], reason(c, F.col(f"text_{c.name}"), value(c.name))) for c in found]
    why += [F.when(~rule.holds(value, limits), F.lit(rule.text)) for rule in table_rules(contract).rules]
    broken = F.array(F.concat(F.lit("malformed record: "), "malformed"))
    reasons = F.when(F.col("malformed").isNotNull(), broken).otherwise(F.array_compact(F.array(*why)))
    return values.withColumn("reasons", reasons).select(*records.columns, "reasons")


def values_of(records: DataFrame, contract: type[SilverContract]) -> DataFrame:
    """The contract's columns, parsed, and `row_id`."""
    parsed = (typed(c, text_of(c.name)).alias(c.name) for c in source_columns(contract))
    return records.select(*parsed, *LANDING_COLUMNS, "row_id")


def disagreeing_groups(values: DataFrame, contract: type[SilverContract]) -> DataFrame:
    """Groups of a day whose rows differ where they must agree: partition_date, group key, `group_reasons`."""
    rules = table_rules(contract)
    assert rules.group_key
    noun = f"lines of one {rules.group_key.removesuffix('_id')}"
    why = [F.when(F.min(name) != F.max(name), F.lit(f"{noun} disagree on {name}")) for name in rules.agree_on]
    groups = values.groupBy("partition_date", rules.group_key).agg(
        F.array_compact(F.array(*why)).alias("group_reasons")
    )
    return groups.where(F.size("group_reasons") > 0)


def repeated_keys(values: DataFrame, contract: type[SilverContract]) -> DataFrame:
    """Keys that a day has more than once.

    Returns partition_date, key, `copies`, `is_conflict`, `copy_amount`, and `kept`: of equal rows the one
    that stays, the first by the name of its file.
    """
    rules = table_rules(contract)
    by_key = ["partition_date", *rules.key]
    keys = values.groupBy(by_key).agg(F.count(F.lit(1)).alias("copies")).where(F.col("copies") > 1)
    # Compared column by column, for these few rows: a hash may be equal for rows that differ, and Spark's
    # skips nulls, so that a text in one column and the same text in its neighbour are equal to it.
    content = F.struct(*names(source_columns(contract)))
    amount = F.col(rules.amount) if rules.amount else F.lit(None).cast("decimal(38, 2)")
    return (
        values.join(F.broadcast(keys), by_key, "left_semi")
        .select(*by_key, "source_file", "row_id", content.alias("content"), amount.alias("copy_amount"))
        .groupBy(by_key)
        .agg(
            F.count(F.lit(1)).alias("copies"),
            (F.min("content") != F.max("content")).alias("is_conflict"),
            F.min("copy_amount").alias("copy_amount"),
            F.min_by("row_id", F.struct("source_file", "row_id")).alias("kept"),
        )
    )


def judge_groups(
    judged: DataFrame, disagreeing: DataFrame | None, repeated: DataFrame, contract: type[SilverContract]
) -> DataFrame:
    """Add the reasons of the group rules to the rows that passed all row rules, and `is_spare`.

    A spare row is equal to another one that is kept.
    """
    rules = table_rules(contract)
    by_name = {c.name: c for c in source_columns(contract)}
    no_reasons = F.array().cast("array<string>")
    passed = F.size("reasons") == 0
    found = judged.withColumns(
        {f"key_{name}": F.when(passed, typed(by_name[name], text_of(name))) for name in rules.key}
    )
    if disagreeing is not None:
        groups = disagreeing.withColumnRenamed(str(rules.group_key), f"key_{rules.group_key}")
        found = found.join(F.broadcast(groups), ["partition_date", f"key_{rules.group_key}"], "left")
        found = found.withColumn("reasons", F.concat("reasons", F.coalesce("group_reasons", no_reasons)))
        found = found.drop("group_reasons")
    shown = F.array_join(F.array(*(F.col(name).cast("string") for name in rules.key)), ", ")
    conflict = F.concat(F.lit("conflicting records for key ("), shown, F.lit(")"))
    copies = repeated.select(
        "partition_date",
        *(F.col(name).alias(f"key_{name}") for name in rules.key),
        F.when(F.col("is_conflict"), F.array(conflict)).alias("conflict"),
        F.when(~F.col("is_conflict"), F.col("kept")).alias("kept"),
    )
    found = found.join(
        F.broadcast(copies), ["partition_date", *(f"key_{name}" for name in rules.key)], "left"
    )
    return found.withColumns(
        {
            "reasons": F.concat("reasons", F.coalesce("conflict", no_reasons)),
            "is_spare": F.coalesce(F.col("row_id") != F.col("kept"), F.lit(False)),
        }
    ).drop("conflict", "kept", *(f"key_{name}" for name in rules.key))
