"""The pipeline's settings: read from the environment only here, and checked once."""

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from shopflow_assets.errors import SettingsError
from spark_jobs.contracts.rules import Limits


class Choices(BaseModel):
    """What a person may choose about the pipeline, with defaults. docs/settings.md says what each means."""

    start_date: date = date(2026, 1, 1)
    max_quarantined_share: Annotated[Decimal, Field(ge=0, le=1)] = Decimal("0.05")
    max_merged_share: Annotated[Decimal, Field(ge=0, le=1)] = Decimal(0)
    max_landing_delay_hours: Annotated[float, Field(ge=0)] = 6
    max_volume_factor: Annotated[float, Field(gt=1)] = 2
    # For how long files that a table no longer needs are kept: readers and a running backfill may still use
    # them. Delta and Trino refuse less than a week.
    retention_hours: Annotated[int, Field(ge=168)] = 168
    # How the shop's database is read: the change stream of its write-ahead log, or windows of `updated_at`.
    oltp_mode: Literal["stream", "watermark"] = "stream"
    # PostgreSQL's names have 63 characters, and the slot of the daily count is called `<slot>_count`.
    oltp_slot: Annotated[str, Field(pattern="^[a-z0-9_]{1,57}$")] = "shopflow"
    # Which sales on marketplaces gold.shop.all_sales counts.
    marketplace_sales: Literal["both", "feed", "shop"] = "both"


class Settings(Choices, BaseSettings):
    """Every field is the environment variable `SHOPFLOW_<FIELD>`; `shopflow up` sets them all."""

    model_config = SettingsConfigDict(env_prefix="SHOPFLOW_", frozen=True)

    home: Path
    s3_endpoint: str
    s3_region: str = "us-east-1"
    dagster_s3_access_key: SecretStr
    dagster_s3_secret_key: SecretStr
    spark_remote: str
    postgres_host: str = "127.0.0.1"
    postgres_port: int
    dagster_db_password: SecretStr
    trino_host: str = "127.0.0.1"
    trino_port: int
    oltp_url: SecretStr

    @property
    def limits(self) -> Limits:
        """What the contracts' rules need to know."""
        return Limits(first_partition=self.start_date)

    @property
    def iceberg_url(self) -> str:
        """Iceberg's catalog in PostgreSQL, which Dagster's user may read."""
        address = f"{self.postgres_host}:{self.postgres_port}/iceberg"
        return f"postgresql://dagster:{self.dagster_db_password.get_secret_value()}@{address}"


@cache
def settings() -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: names every variable that is missing or wrong.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(f"SHOPFLOW_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"{wrong}. Start the stack with `shopflow up`, which sets them.") from error
