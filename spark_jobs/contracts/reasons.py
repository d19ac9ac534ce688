"""How the text of a reason for quarantine is read again: what kind it is, apart from the value found.

The texts are written by `spark_jobs.parsing` and `spark_jobs.judgement`.
"""

import re

# Java's and Python's regex engines read it alike, so that Trino can count by it.
VALUE_FOUND = r"(?s)(: '.*|: [-+]?\d[-+\d.:TZ ]*$| \(.*)"


def kind(reason: str) -> str:
    """The reason without the value that was found."""
    return re.sub(VALUE_FOUND, "", reason)
