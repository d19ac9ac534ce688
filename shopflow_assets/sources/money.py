"""Which texts of a money column can be read as money, for the counts of a manifest."""

import re
from collections.abc import Sequence

import polars as pl

from spark_jobs.contracts.contract import Column


def money_pattern(columns: Sequence[Column], amount: str | None) -> re.Pattern[str]:
    """What a whole text of the money column must look like to be added up; `amount` names the column."""
    money = next((column.dtype for column in columns if column.name == amount), None)
    if not isinstance(money, pl.Decimal):
        return re.compile("")
    # [0-9], because Python's \d matches the digits of every script and Spark's only these.
    whole, fraction = money.precision - money.scale, money.scale
    return re.compile(rf"[+-]?0*[0-9]{{1,{whole}}}(\.[0-9]{{1,{fraction}}})?")
