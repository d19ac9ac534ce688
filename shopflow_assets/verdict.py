"""The verdict of a check on one day. No Dagster: sources give verdicts too."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Verdict:
    """Whether the day passed; `is_warning` marks a failure that blocks nothing."""

    passed: bool
    description: str
    metadata: Mapping[str, Any] = field(default_factory=dict)
    is_warning: bool = False
