"""Ports, secrets and choices of one home. They are kept in its `.env` only."""

import os
import secrets
from pathlib import Path
from typing import Annotated, Any, Self

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from local_stack.errors import InvalidSettingsError, NotSetUpError
from shopflow_assets.settings import Choices

HOST = "127.0.0.1"
# A person may export these before `up`; all other settings are made once and then kept.
CHOICES = (*Choices.model_fields, "oltp_url")

Port = Annotated[int, Field(ge=1, le=65535)]


def _secret() -> SecretStr:
    return SecretStr(secrets.token_hex(20))


def _key() -> str:
    return secrets.token_hex(8)


def variable(field: str) -> str:
    """The environment variable of a setting."""
    return f"SHOPFLOW_{field.upper()}"


class Settings(Choices, BaseSettings):
    """The `.env`. A field's variable is its alias, or else SHOPFLOW_ and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="SHOPFLOW_", extra="ignore", populate_by_name=True)

    minio_port: Port = 9000
    postgres_port: Port = 5432
    spark_port: Port = 15002
    trino_port: Port = 8080
    dagster_port: Port = 3000
    dagster_code_port: Port = 4000

    # The engines run on this machine, unless `shopflow prepare` names other hosts. Not kept in `.env`.
    minio_host: str = Field(default=HOST, exclude=True)
    postgres_host: str = Field(default=HOST, exclude=True)
    spark_host: str = Field(default=HOST, exclude=True)
    trino_host: str = Field(default=HOST, exclude=True)

    # The shop's database, if it is not in this stack's own PostgreSQL.
    oltp_url: SecretStr | None = None

    minio_root_user: str = Field(default_factory=_key, alias="MINIO_ROOT_USER")
    minio_root_password: SecretStr = Field(default_factory=_secret, alias="MINIO_ROOT_PASSWORD")
    postgres_password: SecretStr = Field(default_factory=_secret, alias="POSTGRES_PASSWORD")
    dagster_s3_access_key: str = Field(default_factory=_key)
    dagster_s3_secret_key: SecretStr = Field(default_factory=_secret)
    spark_s3_access_key: str = Field(default_factory=_key)
    spark_s3_secret_key: SecretStr = Field(default_factory=_secret)
    trino_s3_access_key: str = Field(default_factory=_key)
    trino_s3_secret_key: SecretStr = Field(default_factory=_secret)
    dagster_db_password: SecretStr = Field(default_factory=_secret)
    iceberg_db_password: SecretStr = Field(default_factory=_secret)
    shop_db_password: SecretStr = Field(default_factory=_secret)
    shop_stream_db_password: SecretStr = Field(default_factory=_secret)
    shop_watermark_db_password: SecretStr = Field(default_factory=_secret)

    @model_validator(mode="after")
    def _own_shop_is_no_other(self) -> Self:
        """Take the URL of the stack's own database as no choice: people export what `shopflow env` prints.

        It is known by its password, because the port may have changed since.
        """
        passwords = (self.shop_db_password, self.shop_stream_db_password, self.shop_watermark_db_password)
        own = [password.get_secret_value() for password in passwords]
        if self.oltp_url is not None and any(each in self.oltp_url.get_secret_value() for each in own):
            self.oltp_url = None
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the file only: variables exported for another stack must not change this one."""
        return init_settings, dotenv_settings

    @classmethod
    def load(cls, env_file: Path, **overrides: Any) -> Self:
        """Read a home's `.env`; raises NotSetUpError or InvalidSettingsError."""
        if not env_file.exists():
            raise NotSetUpError(f"{env_file.parent} is not set up yet: run `shopflow up` first.")
        return cls._checked(_env_file=env_file, **overrides)

    @classmethod
    def load_or_make(cls, env_file: Path) -> Self:
        """Read the `.env` or start a new one, with the caller's choices from the environment on top."""
        exported = {name: os.environ[variable(name)] for name in CHOICES if variable(name) in os.environ}
        return cls._checked(_env_file=env_file, **exported)

    @classmethod
    def unread(cls, env_file: Path) -> list[str]:
        """Variables of a home's `.env` that are not settings of this version."""
        return sorted(dotenv_values(env_file).keys() - cls._variables().values())

    @classmethod
    def _variables(cls) -> dict[str, str]:
        """The variable of each field that is kept in the `.env`."""
        fields = cls.model_fields.items()
        return {name: f.alias or variable(name) for name, f in fields if not f.exclude}

    def changed_choices(self, saved: Self) -> dict[str, Any]:
        """What `saved` holds for each variable that a person now exports with another value."""
        changed = (name for name in CHOICES if getattr(self, name) != getattr(saved, name))
        return {variable(name): getattr(saved, name) for name in changed}

    def pipeline_choices(self) -> dict[str, str]:
        """The variables of what a person may choose about the pipeline."""
        return {variable(name): str(getattr(self, name)) for name in Choices.model_fields}

    @classmethod
    def _checked(cls, **values: Any) -> Self:
        try:
            return cls(**values)
        except ValidationError as error:
            wrong = "; ".join(
                f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False)
            )
            raise InvalidSettingsError(f"Settings in {values.get('_env_file')}: {wrong}") from None

    def save(self, env_file: Path) -> None:
        """Write the `.env` whole or not at all; no other user can read it at any moment."""
        lines = []
        for name, variable in self._variables().items():
            value = getattr(self, name)
            if value is not None:
                text = value.get_secret_value() if isinstance(value, SecretStr) else value
                lines.append(f"{variable}={text}\n")
        temporary = env_file.with_name(f".env.{os.getpid()}")
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.writelines(lines)
        temporary.replace(env_file)

    @property
    def s3_endpoint(self) -> str:
        """MinIO's address."""
        return f"http://{self.minio_host}:{self.minio_port}"

    @property
    def s3_region(self) -> str:
        """The region that every S3 client is configured with."""
        return "us-east-1"

    @property
    def spark_remote(self) -> str:
        """The Spark Connect address."""
        return f"sc://{self.spark_host}:{self.spark_port}"

    @property
    def dagster_url(self) -> str:
        """The Dagster webserver's address."""
        return f"http://{HOST}:{self.dagster_port}"

    @property
    def shop_url(self) -> str:
        """The connection string by which the pipeline reads the shop's database: the one that was chosen.

        Without a choice it is this stack's own database, with the role that the mode needs.
        """
        if self.oltp_url is not None:
            return self.oltp_url.get_secret_value()
        if self.oltp_mode == "watermark":
            return self.database_url("shop_watermark", self.shop_watermark_db_password, "shop")
        return self.database_url("shop_stream", self.shop_stream_db_password, "shop")

    @property
    def shop_owner_url(self) -> str:
        """The connection string of the shop's own application, in this stack's PostgreSQL."""
        return self.database_url("shop", self.shop_db_password)

    def database_url(self, role: str, password: SecretStr, database: str | None = None) -> str:
        """A PostgreSQL connection string of this stack's server."""
        address = f"{self.postgres_host}:{self.postgres_port}/{database or role}"
        return f"postgresql://{role}:{password.get_secret_value()}@{address}"
