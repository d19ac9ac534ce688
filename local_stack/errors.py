"""The errors that the `shopflow` command shows as one message and exit status 1."""


class ShopFlowError(Exception):
    """Says to the person at the terminal what was found, what was expected and what to do."""


class FetchError(ShopFlowError):
    """An engine could not be fetched, built or verified."""


class FetchStoppedError(ShopFlowError):
    """Fetching was stopped, by the person or because another engine failed."""


class NotSetUpError(ShopFlowError):
    """The home has no `.env` yet."""


class InvalidSettingsError(ShopFlowError):
    """The `.env` of a home, or the caller's environment, holds a value that cannot be used."""


class NotAHomeError(ShopFlowError):
    """The folder given as SHOPFLOW_HOME holds something else."""


class ServiceFailedError(ShopFlowError):
    """A service did not start, or does not answer."""


class BrokenCodeError(ServiceFailedError):
    """Dagster cannot load our definitions; waiting longer does not help."""


class PreparationError(ShopFlowError):
    """A step of the preparation (buckets, databases, tables, manifest) failed."""


class DbtCommandError(PreparationError):
    """A dbt command outside of Dagster's runs failed."""


class DayError(ShopFlowError):
    """A day is not written as a date, or is not a partition of this stack."""


class DomainError(ShopFlowError):
    """There is no domain of this name."""


class NewsError(ShopFlowError):
    """It could not be found out which days have something new."""


class FeedRefusedError(ShopFlowError):
    """The simulator cannot make what was asked for, or the inbox did not accept it."""


class NotLandedError(ShopFlowError):
    """The source could not be landed."""


class NotWithdrawnError(ShopFlowError):
    """A landed file could not be withdrawn."""


class UnknownAnalysisError(ShopFlowError):
    """No example query has this name."""


class UnreachableError(ShopFlowError):
    """A service of the stack does not answer."""

    def __init__(self, service: str, error: object) -> None:
        """Name the service, what to do, and what its client said."""
        super().__init__(f"{service} does not answer. Is the stack up? See `shopflow status`. ({error})")


class QueryError(ShopFlowError):
    """Trino refused a statement, or does not answer."""


class TrinoUnreachableError(UnreachableError, QueryError):
    """Trino does not answer."""


class NoSuchRunError(ShopFlowError):
    """No finished run carried these days."""


class HistoryGoneError(ShopFlowError):
    """A table's state before or after a run is no longer kept."""


class DagsterApiError(ShopFlowError):
    """Dagster's webserver answered with an error."""


class DagsterTroubleError(DagsterApiError):
    """Dagster answered with an error that may pass by itself, for example while its database is down."""


class DagsterUnreachableError(UnreachableError, DagsterTroubleError):
    """Dagster's webserver does not answer."""


class RunOutOfSightError(ShopFlowError):
    """A run goes on, and Dagster has had trouble for too long to tell how."""


class BackfillFailedError(ShopFlowError):
    """A step of the run failed, or a check failed with severity ERROR."""


class BackfillStoppedError(ShopFlowError):
    """The person stopped the run."""


class ScreenshotError(ShopFlowError):
    """A picture of Dagster's pages could not be taken."""
