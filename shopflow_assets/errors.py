"""The pipeline's errors. A message says what was found, what was expected, and what to do."""

from collections.abc import Mapping, Sequence
from datetime import date

from spark_jobs.shown_text import shown


class ShopFlowError(Exception):
    """Base of all errors that a person is meant to read."""


class SettingsError(ShopFlowError):
    """A setting is missing or cannot be read."""


class DiskFullError(ShopFlowError):
    """The disk of the home has too little room left for a run."""


class RefusedFileError(ShopFlowError):
    """A delivered file as a whole cannot be read correctly."""


class SourceError(ShopFlowError):
    """A source's database cannot be read, or not without losing something."""

    def __init__(self, text: str) -> None:
        """Show the text, which may have names and messages of the database, with visible characters only."""
        super().__init__("\n".join(shown(line) for line in text.split("\n")))


class NotOpenedError(SourceError):
    """A simulated database has not lived any day yet."""


class WithdrawalError(ShopFlowError):
    """A landed file cannot be withdrawn."""


class StoreError(ShopFlowError):
    """MinIO refused a request about an object."""


class DbtError(ShopFlowError):
    """dbt could not build or test some of gold."""


class DataClassError(ShopFlowError):
    """Columns do not say who may see them; the message names every one of the table."""

    def __init__(
        self, table: str, file: str, metas: Mapping[str, Mapping[str, object]], known: Sequence[str]
    ) -> None:
        """Say what dbt's YAML has under `meta` of each column, and what it should have."""
        listed = "\n".join(f"{column}: meta: {dict(meta)}" for column, meta in metas.items())
        super().__init__(
            f"{table} does not say who may see {len(metas)} of its columns. In dbt_gold/{file}, give each"
            f" `config: {{meta: {{data_class: ...}}}}`, one of {', '.join(known)}; a `declassified` beside it"
            f" must be a reason in words:\n{listed}"
        )


class MaintenanceError(ShopFlowError):
    """The maintenance of some tables failed; the message names every one of them."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        """Say why, for each table."""
        listed = "\n".join(f"{table}: {reason}" for table, reason in sorted(reasons.items()))
        super().__init__(f"Maintenance failed for {len(reasons)} tables, the others are done:\n{listed}")


class BadDaysError(ShopFlowError):
    """Some days of a run are held back; the message names every one of them."""

    def __init__(self, reasons: Mapping[date, str], days: Sequence[date]) -> None:
        """Say why for each day, and what happened to the other days of the run."""
        text = [f"{len(reasons)} of the run's {len(days)} days held back:"]
        # A reason has a line for each file.
        text += [f"{day}: {reason}".replace("\n", "\n  ") for day, reason in sorted(reasons.items())]
        text += (
            ["The other days went on. Correct these and run them again."] if len(reasons) < len(days) else []
        )
        super().__init__("\n".join(text))
