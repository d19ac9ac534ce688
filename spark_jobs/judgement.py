"""Judges records by their contract: row rules, then group rules on the rows that passed, then duplicates.

Pure functions of DataFrames. The few offending keys are found on narrow columns and joined by broadcast:
carrying every column through a shuffle costs more than all the rules together.
"""

from pyspark.sql import Column, DataFrame, Window
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

VALUE = "value_"


def judge_rows(records: DataFrame, contract: type[SilverContract], limits: Limits) -> DataFrame:
    """Judge each record by itself.

    Returns the records as received plus, for each source column, `value_<column>`, parsed, and `reasons`:
    every row rule that fails. A rule that comes out null passes.
    """
    found = source_columns(contract)
    known = set(names(found))

    def value(name: str) -> Column:
        return F.col(VALUE + name if name in known else name)

    texts = records.select("*", *(text_of(c.name).alias(f"text_{c.name}") for c in found))
    values = texts.select("*", *(typed(c, F.col(f"text_{c.name}")).alias(VALUE + c.name) for c in found))
    expected = {
        c.name: F.lit(True) if c.since is None else F.col("partition_date") >= F.lit(c.since) for c in found
    }
    why = [F.when(expected[c.name], reason(c, F.col(f"text_{c.name}"), value(c.name))) for c in found]
    why += [F.when(~rule.holds(value, limits), F.lit(rule.text)) for rule in table_rules(contract).rules]
    broken = F.array(F.concat(F.lit("malformed record: "), "malformed"))
    # Spark generates no code for array_compact, so only the few rows that have a reason come to it.
    failed = F.when(F.coalesce(*why).isNotNull(), F.array_compact(F.array(*why))).otherwise(_no_reasons())
    reasons = F.when(F.col("malformed").isNotNull(), broken).otherwise(failed)
    return values.select(*records.columns, *(VALUE + c.name for c in found), reasons.alias("reasons"))


def values_of(judged: DataFrame, contract: type[SilverContract]) -> DataFrame:
    """The contract's columns, parsed, and `row_id`."""
    parsed = (F.col(VALUE + name).alias(name) for name in names(source_columns(contract)))
    return judged.select(*parsed, *LANDING_COLUMNS, "row_id")


def group_findings(judged: DataFrame, contract: type[SilverContract]) -> DataFrame:
    """What rules over groups find among the rows that passed all row rules: only the rows with a finding.

    Returns row_id, `group_reasons`, and `is_spare`: equal to another row, which is kept.
    """
    rules = table_rules(contract)
    passed = values_of(judged.where(F.size("reasons") == 0), contract)
    if not rules.group_key:
        return _repeated_rows(passed, contract)
    by_group = ["partition_date", rules.group_key]
    disagreeing = _disagreeing_groups(passed, contract)
    refused = passed.join(F.broadcast(disagreeing), by_group).select(
        "row_id", "group_reasons", F.lit(False).alias("is_spare")
    )
    agreeing = passed.join(F.broadcast(disagreeing), by_group, "left_anti")
    return refused.unionByName(_repeated_rows(agreeing, contract))


def with_findings(judged: DataFrame, findings: DataFrame) -> DataFrame:
    """Judged rows with the findings about groups: `reasons` holds theirs too, `is_spare` is never null."""
    found = judged.join(F.broadcast(findings), "row_id", "left")
    reasons = F.concat("reasons", F.coalesce("group_reasons", _no_reasons()))
    is_spare = F.coalesce("is_spare", F.lit(False))
    return found.withColumns({"reasons": reasons, "is_spare": is_spare}).drop("group_reasons")


def _disagreeing_groups(values: DataFrame, contract: type[SilverContract]) -> DataFrame:
    """Groups of a day whose rows differ where they must agree: partition_date, group key, `group_reasons`."""
    rules = table_rules(contract)
    assert rules.group_key
    noun = f"lines of one {rules.group_key.removesuffix('_id')}"
    why = [F.when(F.min(name) != F.max(name), F.lit(f"{noun} disagree on {name}")) for name in rules.agree_on]
    groups = values.groupBy("partition_date", rules.group_key).agg(
        F.array_compact(F.array(*why)).alias("group_reasons")
    )
    return groups.where(F.size("group_reasons") > 0)


def _repeated_rows(values: DataFrame, contract: type[SilverContract]) -> DataFrame:
    """Findings about keys that a day has more than once.

    Records that differ are ambiguous and all refused; of equal ones the first by the name of its file stays.
    """
    rules = table_rules(contract)
    by_key = ["partition_date", *rules.key]
    keys = values.groupBy(by_key).agg(F.count(F.lit(1)).alias("copies")).where(F.col("copies") > 1)
    # Compared column by column, for these few rows: a hash may be equal for rows that differ, and Spark's
    # skips nulls, so that a text in one column and the same text in its neighbour are equal to it.
    content = F.struct(*names(source_columns(contract))).alias("content")
    repeated = values.join(F.broadcast(keys), by_key, "left_semi")
    same_key = Window.partitionBy(by_key)
    first = F.row_number().over(same_key.orderBy("source_file", "row_id"))
    is_conflict = F.min("content").over(same_key) != F.max("content").over(same_key)
    shown = F.array_join(F.array(*(F.col(name).cast("string") for name in rules.key)), ", ")
    conflict = F.concat(F.lit("conflicting records for key ("), shown, F.lit(")"))
    found = repeated.select(*by_key, "source_file", "row_id", content).select(
        "row_id", first.alias("place"), is_conflict.alias("is_conflict"), conflict.alias("conflict")
    )
    return found.where("is_conflict or place > 1").select(
        "row_id",
        F.when(F.col("is_conflict"), F.array("conflict")).alias("group_reasons"),
        (~F.col("is_conflict")).alias("is_spare"),
    )


def _no_reasons() -> Column:
    return F.array().cast("array<string>")
