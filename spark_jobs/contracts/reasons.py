"""Splits the text of a reason for quarantine into its kind and the value that was found.

The texts are written by `spark_jobs.judging.parsing` and `spark_jobs.judging.judgement`.
"""

import re

from spark_jobs.contracts.contract import Contract, may_be_shown

# Written so that the regex engines of Java and Python agree on it: Trino groups reasons by it.
VALUE_FOUND = r"(?s)(: '.*|: [-+]?\d[-+\d.:TZ ]*$| \(.*)"


NOT_SHOWN = "(not shown: personal data)"


def kind(reason: str) -> str:
    """The reason without the value that was found."""
    return re.sub(VALUE_FOUND, "", reason)


def found(reason: str, contract: type[Contract]) -> str | None:
    """The value at the end of a reason, unless it may be personal; None when the reason names no value.

    The text of a malformed record is never shown: it belongs to no column and may hold anything.
    """
    value = reason.removeprefix(kind(reason)).removeprefix(":").strip()
    if not value:
        return None
    is_shown = value.startswith("(") or may_be_shown(contract, reason.partition(":")[0])
    return value if is_shown else NOT_SHOWN


def without_personal(reason: str, contract: type[Contract]) -> str:
    """The reason, without its value if that may be personal."""
    return f"{kind(reason)} {NOT_SHOWN}" if found(reason, contract) == NOT_SHOWN else reason
