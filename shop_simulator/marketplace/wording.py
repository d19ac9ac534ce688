"""The many ways in which the shop writes the same value. The contract allows all of them."""

from datetime import datetime, timedelta, timezone
from functools import lru_cache
from random import Random

from shop_simulator.marketplace.record import Texts
from shop_simulator.world import AT, CLOSED_LISTS

ZONES = tuple(timezone(timedelta(minutes=minutes)) for minutes in (0, 60, -300, 330, 120, -480))
STAMP_FORMS = 4 + 2 * len(ZONES)
AMOUNTS = tuple(AT[column] for column in ("price", "discount", "total_amount"))
EMAIL, ORDER_DATE = AT["email"], AT["order_date"]
CLOSED = tuple(AT[column] for column in CLOSED_LISTS)


@lru_cache(maxsize=64)
def spellings(value: str) -> tuple[str, ...]:
    """Return the spellings of a closed-list value; the usual ones more than once."""
    spaced = value.replace("_", " ")
    hyphened = value.replace("_", "-")
    return (value, value, value, spaced.title(), spaced, hyphened, value.upper(), hyphened.title())


def stamp(moment: datetime, form: int) -> str:
    """Write a UTC time in one of `STAMP_FORMS`: `T` or a space; no zone, `Z` or an offset."""
    separator = "T" if form % 2 else " "
    precision = "microseconds" if moment.microsecond % 1000 else "milliseconds"
    if not moment.microsecond:
        precision = "seconds"
    if form < 4:
        text = moment.replace(tzinfo=None).isoformat(separator, precision)
        return text if form < 2 else f"{text}Z"
    return moment.astimezone(ZONES[(form - 4) // 2]).isoformat(separator, precision)


def reword(rng: Random, plain: tuple[str | None, ...], moment: datetime) -> Texts:
    """Write the plain values of a line in the way of one of the shop's many systems."""
    texts: Texts = list(plain)
    texts[ORDER_DATE] = stamp(moment, int(rng.random() ** 2 * STAMP_FORMS))
    for column in CLOSED:
        value = texts[column]
        if value is not None:
            texts[column] = spellings(value)[int(rng.random() * 8)]
    chance = rng.random()
    email = texts[EMAIL]
    if chance < 0.08 and email:
        texts[EMAIL] = email.title() if chance < 0.04 else email.upper()
    elif chance < 0.12:
        for column in AMOUNTS:
            texts[column] = _shortened(texts[column] or "")
    elif chance < 0.14:
        column = int(rng.random() * len(texts))
        text = texts[column]
        if text is not None:
            texts[column] = f"{text}  " if chance < 0.13 else f" {text} "
    elif chance < 0.145:
        return [text if text is not None else "  " for text in texts]
    return texts


def reworded(rng: Random, plain: tuple[str | None, ...], moment: datetime, other: Texts) -> Texts:
    """Write the plain values differently from `other`."""
    texts = reword(rng, plain, moment)
    while texts == other:
        texts = reword(rng, plain, moment)
    return texts


def _shortened(amount: str) -> str:
    return amount.rstrip("0").rstrip(".") if amount.endswith("0") else amount
