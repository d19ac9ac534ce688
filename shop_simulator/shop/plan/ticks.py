"""The steps of five minutes in which the shop lives. Each is one transaction, written at the step's end."""

from datetime import date, datetime, time, timedelta
from random import Random

from shop_simulator.rhythm import moment

TICK = timedelta(minutes=5)


def midnight(day: date) -> datetime:
    """Return the first moment of a UTC day, without a zone, as the shop's database writes it."""
    return datetime.combine(day, time())


def wall_clock(rng: Random, day: date) -> datetime:
    """Draw a moment of a UTC day, without a zone; in the middle of the day more often than at night."""
    return moment(rng, day).replace(tzinfo=None)


def ticks(day: date) -> list[datetime]:
    """Return the instants at which a day's changes are written: the last microsecond of each step."""
    return [_end(midnight(day) + step * TICK) for step in range(timedelta(days=1) // TICK)]


def tick_of(moment: datetime) -> datetime:
    """Return the instant at which a change of this moment is written."""
    start = midnight(moment.date())
    return _end(start + (moment - start) // TICK * TICK)


def _end(start: datetime) -> datetime:
    return start + TICK - timedelta.resolution
