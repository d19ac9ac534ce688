"""What a contract is: a Pandera model of one silver table, and how its parts are read from it.

All that depends on a table's shape (raw schema, parsing, row rules, Delta DDL, the asset check, the columns
shown in Dagster, dbt's sources) is derived from it. The steps read it through `table.Table`, which keeps each
part; rules across columns are in `rules`. No Spark and no Dagster: every package reads contracts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

import pandera.polars as pa
import polars as pl
from pandera.api.polars.model_config import BaseConfig

from spark_jobs.contracts.rules import TableRules

DataClass = Literal["public", "personal", "token"]
Spelling = Literal["as_is", "lower", "snake"]
Timestamp = Annotated[pl.Datetime, "us", None]
Money = Annotated[pl.Decimal, 10, 2]
Total = Annotated[pl.Decimal, 38, 2]


@dataclass(frozen=True)
class Column:
    """One column of a contract, with all that is derived from it."""

    name: str
    dtype: pl.DataType
    nullable: bool
    required: bool
    required_for: tuple[str, ...]
    description: str
    data_class: DataClass
    spelling: Spelling
    since: date | None
    allowed: tuple[str, ...]
    above: int | None
    at_least: int | date | None
    pattern: str | None
    meaning: str | None

    def is_due(self, day: date) -> bool:
        """Whether a delivery of the day must have the column."""
        return self.since is None or self.since <= day


class Contract(pa.DataFrameModel):
    """Base of all contracts; a subclass's docstring says what one row is."""

    class Config(BaseConfig):  # ty: ignore[incompatible-attribute-override]
        """Silver holds exactly the contract's columns, with exactly its types."""

        strict = True
        coerce = False


class SilverContract(Contract):
    """A table made from bronze files; its rows say where and when they arrived."""

    partition_date: pl.Date = pa.Field(
        description="UTC day on which the record was delivered or changed at the source",
        metadata={"data_class": "public"},
    )
    source_file: pl.String = pa.Field(
        description="Name of the bronze object that holds the record", metadata={"data_class": "public"}
    )
    ingested_at: Timestamp = pa.Field(
        description="When the file was landed in bronze (UTC)", metadata={"data_class": "public"}
    )


LANDING_COLUMNS = ("partition_date", "source_file", "ingested_at")


def column(
    description: str,
    *,
    required: bool = False,
    required_for: tuple[str, ...] = (),
    data_class: DataClass = "public",
    spelling: Spelling = "as_is",
    since: date | None = None,
    meaning: str | None = None,
    **checks: Any,
) -> Any:
    """A contract's column: Pandera's field, and what the parser and the catalogue need.

    Args:
        description: what the column holds; shown in Dagster, dbt and the data dictionary.
        required: a record with an empty value goes to quarantine.
        required_for: the values of `_op` for which the column is required (see `versions`); none: always.
        data_class: who may see it.
        spelling: how text is normalised: `lower`, or `snake` (lower case, `_` for spaces and hyphens).
        since: first partition date on which the column is expected; before it the column may be absent and
            is not required.
        meaning: for a column with a pattern: what it is ("an e-mail address"), for the reason's text.
        **checks: Pandera's own (`isin`, `gt`, `ge`, `str_matches`).
    """
    metadata = {
        "data_class": data_class,
        "spelling": spelling,
        "required": required,
        "required_for": required_for,
        "since": since,
        "meaning": meaning,
    }
    nullable = not required or since is not None or bool(required_for)
    return pa.Field(nullable=nullable, description=description, metadata=metadata, **checks)


def conditions(column: Column) -> list[str]:
    """What a value of the column must be beyond its type, in words."""
    words = [f"one of {', '.join(column.allowed)}"] if column.allowed else []
    words += [f"> {column.above}"] if column.above is not None else []
    words += [f">= {column.at_least}"] if column.at_least is not None else []
    words += [column.meaning] if column.meaning else []
    words += [f"required where _op is {', '.join(column.required_for)}"] if column.required_for else []
    return words + ([f"expected since {column.since}"] if column.since else [])


def table_rules(contract: type[Contract]) -> TableRules:
    """The table-level part of a contract, kept in its `Config.metadata`."""
    # Pandera drops the Config's metadata when it builds a schema, so the model is read.
    config: Any = contract.__config__
    return config.metadata["rules"]


def columns(contract: type[Contract]) -> list[Column]:
    """All columns of the table in order: the source's, then the three that landing adds."""
    in_order_of_model = [_column(name, spec) for name, spec in contract.to_schema().columns.items()]
    return sorted(
        in_order_of_model, key=lambda c: c.name in LANDING_COLUMNS and issubclass(contract, SilverContract)
    )


def source_columns(contract: type[SilverContract]) -> list[Column]:
    """The columns that a delivery carries."""
    return [c for c in columns(contract) if c.name not in LANDING_COLUMNS]


def may_be_shown(contract: type[Contract], name: str) -> bool:
    """Whether the contract has the column, and its values are not personal."""
    return any(c.name == name and c.data_class != "personal" for c in columns(contract))


def _column(name: str, spec: Any) -> Column:
    statistics: dict[str, Any] = {check.name: check.statistics for check in spec.checks}
    extra = spec.metadata or {}
    return Column(
        name=name,
        dtype=spec.dtype.type,
        nullable=spec.nullable,
        required=extra.get("required", not spec.nullable),
        required_for=extra.get("required_for", ()),
        description=spec.description or "",
        data_class=extra.get("data_class", "public"),
        spelling=extra.get("spelling", "as_is"),
        since=extra.get("since"),
        allowed=tuple(_statistic(statistics, "isin", "allowed_values") or ()),
        above=_statistic(statistics, "greater_than", "min_value"),
        at_least=_statistic(statistics, "greater_than_or_equal_to", "min_value"),
        pattern=_statistic(statistics, "str_matches", "pattern"),
        meaning=extra.get("meaning"),
    )


def _statistic(statistics: dict[str, Any], check: str, name: str) -> Any:
    value = statistics.get(check, {}).get(name)
    return getattr(value, "pattern", value)


def names(columns: Iterable[Column]) -> list[str]:
    """Names of columns, in order."""
    return [column.name for column in columns]
