"""What a Dagster run did, read from its events: days per asset, check results, failures and their reasons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

_SHOWN = 400
_INTERRUPTED = "DagsterExecutionInterruptedError"
_OWN_ERRORS = "shopflow_assets.errors."
# Metadata that dagster-dbt adds to each test and that does not explain its outcome.
_UNHELPFUL = {"unique_id", "invocation_id", "status", "Execution Duration"}


@dataclass(frozen=True)
class CheckResult:
    """The result of one check for one day; without a day, for the whole run."""

    asset: str
    check: str
    day: str | None
    passed: bool
    is_error: bool
    why: str

    def is_day_after(self, other: "CheckResult") -> bool:
        """Whether this result is for the day after that of `other`."""
        if self.day is None or other.day is None:
            return False
        return date.fromisoformat(self.day) - date.fromisoformat(other.day) == timedelta(days=1)


@dataclass
class RunReport:
    """Collects the events of a run; `last_message` is what the running step logged last."""

    status: str = "NOT_STARTED"
    planned: dict[str, None] = field(default_factory=dict)
    days: dict[str, dict[str | None, None]] = field(default_factory=dict)
    running: str = ""
    last_message: str = ""
    finished_steps: list[str] = field(default_factory=list)
    failed_steps: dict[str, str] = field(default_factory=dict)
    interrupted_steps: list[str] = field(default_factory=list)
    run_error: str = ""
    checks: dict[tuple[str, str, str | None], CheckResult] = field(default_factory=dict)

    def add(self, event: Mapping[str, Any]) -> None:
        """Record one event."""
        match event["__typename"]:
            case "AssetMaterializationPlannedEvent":
                self.planned[_name(event["assetKey"])] = None
            case "ExecutionStepStartEvent":
                self.running, self.last_message = _step(event), ""
            case "LogMessageEvent" if event["level"] == "INFO":
                self.last_message = str(event["message"]).partition("\n")[0]
            case "ExecutionStepSuccessEvent":
                self.finished_steps.append(_step(event))
            case "ExecutionStepFailureEvent" if _is_interrupted(event):
                self.interrupted_steps.append(_step(event))
            case "ExecutionStepFailureEvent":
                self.failed_steps[_step(event)] = _cause(event)
            case "RunFailureEvent":
                self.run_error = _cause(event)
            case "MaterializationEvent":
                days = self.days.setdefault(_name(event["assetKey"]), {})
                days[event["partition"]] = None
            case "AssetCheckEvaluationEvent":
                self._add_check(event["evaluation"])

    def _add_check(self, evaluation: Mapping[str, Any]) -> None:
        result = CheckResult(
            asset=_name(evaluation["assetKey"]),
            check=evaluation["checkName"],
            day=evaluation["partition"],
            passed=evaluation["success"],
            is_error=evaluation["severity"] == "ERROR",
            why=evaluation["description"] or _metadata(evaluation["metadataEntries"]),
        )
        self.checks[result.asset, result.check, result.day] = result

    @property
    def errors(self) -> list[CheckResult]:
        """Return the failed checks with severity ERROR."""
        return _sorted(c for c in self.checks.values() if not c.passed and c.is_error)

    @property
    def warnings(self) -> list[CheckResult]:
        """Return the failed checks with severity WARN."""
        return _sorted(c for c in self.checks.values() if not c.passed and not c.is_error)

    @property
    def untouched(self) -> list[str]:
        """Return the assets that were planned and have no day materialized."""
        return [asset for asset in self.planned if asset not in self.days]

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody stopped the run."""
        return self.status == "CANCELED"

    @property
    def is_good(self) -> bool:
        """Whether the run succeeded and no check failed with severity ERROR."""
        return self.status == "SUCCESS" and not self.errors


def _sorted(results: Iterable[CheckResult]) -> list[CheckResult]:
    return sorted(results, key=lambda result: (result.asset, result.check, result.day or ""))


def _name(asset_key: Mapping[str, Any]) -> str:
    return "/".join(asset_key["path"])


def _step(event: Mapping[str, Any]) -> str:
    return str(event["stepKey"]).replace("__", "/")


def _is_interrupted(event: Mapping[str, Any]) -> bool:
    """Whether the step ended because the run was cancelled; then its other messages explain nothing."""
    return any(_INTERRUPTED in message for message in _messages(event.get("error")))


def _messages(error: Mapping[str, Any] | None) -> list[str]:
    """The messages of an error and of its causes, the innermost last."""
    if error is None:
        return []
    return [error["message"], *(link["error"]["message"] for link in error.get("errorChain") or [])]


def _cause(event: Mapping[str, Any]) -> str:
    """Return our own message, else the innermost: the outer ones only say that a step failed."""
    messages = _messages(event.get("error"))
    if not messages:
        return str(event.get("message", ""))
    own = [message for message in messages if message.startswith(_OWN_ERRORS)]
    # Our own errors have a line per day or file, and every one is whole.
    return own[-1].partition(": ")[2].strip() if own else _short(messages[-1])


def _metadata(entries: Iterable[Mapping[str, Any]]) -> str:
    texts = []
    for entry in entries:
        value = next((v for key, v in entry.items() if key != "label" and v is not None), None)
        if value is not None and entry["label"] not in _UNHELPFUL:
            texts.append(f"{entry['label'].removeprefix('dagster_dbt/')}: {value}")
    return _short(", ".join(texts))


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
