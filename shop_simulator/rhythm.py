"""When people order: the rhythm of a week and of a day."""

from datetime import UTC, date, datetime
from itertools import accumulate
from random import Random

# Orders of a Monday, a Tuesday, ... compared with those of an average day.
WEEKDAYS = (1.04, 0.97, 0.94, 0.95, 1.00, 1.02, 1.08)
HOURS = (8, 5, 3, 2, 2, 4, 10, 18, 28, 36, 42, 48, 52, 47, 42, 40, 42, 50, 62, 74, 78, 66, 44, 20)
_HOUR_BOUNDS = tuple(accumulate(HOURS))


def moment(rng: Random, day: date) -> datetime:
    """Draw a moment of a UTC day, to the microsecond, millisecond or second."""
    hour = rng.choices(range(24), cum_weights=_HOUR_BOUNDS)[0]
    precision = rng.random()
    micros = 0
    if precision < 0.35:
        micros = rng.randrange(1_000_000)
    elif precision < 0.5:
        micros = rng.randrange(1000) * 1000
    return datetime(
        day.year, day.month, day.day, hour, rng.randrange(60), rng.randrange(60), micros, tzinfo=UTC
    )
