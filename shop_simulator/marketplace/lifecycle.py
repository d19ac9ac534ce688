"""How the status of an order changes, and on which later days the order is sent again because of it."""

from bisect import bisect
from functools import lru_cache
from itertools import accumulate
from random import Random

LAST_LAG = 10

# Weight and statuses of each kind of life. The first status is sent on the day of the order.
PATHS = (
    (0.36, ("processing", "delivered")),
    (0.14, ("pending", "shipped", "delivered")),
    (0.04, ("pending", "processing", "shipped", "delivered")),
    (0.15, ("processing", "shipped")),
    (0.18, ("delivered",)),
    (0.05, ("shipped", "delivered", "returned")),
    (0.05, ("processing", "cancelled")),
    (0.03, ("cancelled",)),
)
SHIPPING_MIX = {"standard": 0.62, "express": 0.20, "next_day": 0.10, "pickup": 0.08}
# Weights of 1, 2, 3, ... days from one status to the next.
DAYS_BETWEEN = {
    "standard": (0.15, 0.30, 0.30, 0.15, 0.10),
    "express": (0.60, 0.30, 0.10),
    "next_day": (1.0,),
    "pickup": (0.70, 0.20, 0.10),
}
_PATH_BOUNDS = tuple(accumulate(weight for weight, _ in PATHS))
_GAP_BOUNDS = {method: tuple(accumulate(weights)) for method, weights in DAYS_BETWEEN.items()}

Life = tuple[tuple[int, str], ...]


def draw_life(rng: Random, shipping_method: str) -> Life:
    """Draw (days after the order, status) for every day on which the order is sent; the first is day 0."""
    path = PATHS[min(bisect(_PATH_BOUNDS, rng.random()), len(PATHS) - 1)][1]
    bounds = _GAP_BOUNDS[shipping_method]
    lag, life = 0, [(0, path[0])]
    for status in path[1:]:
        lag += 1 + min(bisect(bounds, rng.random()), len(bounds) - 1)
        if lag > LAST_LAG:
            break
        life.append((lag, status))
    return tuple(life)


@lru_cache(maxsize=1)
def _sent_again() -> tuple[float, ...]:
    """Return how many times an order is sent again n days later, on average, for n from 1 to 10."""
    expected = [0.0] * (LAST_LAG + 1)
    for method, share in SHIPPING_MIX.items():
        for weight, path in PATHS:
            reached = [share * weight] + [0.0] * LAST_LAG
            for _ in path[1:]:
                following = [0.0] * (LAST_LAG + 1)
                for lag, mass in enumerate(reached):
                    for gap, likely in enumerate(DAYS_BETWEEN[method], start=1):
                        if lag + gap <= LAST_LAG:
                            following[lag + gap] += mass * likely
                reached = following
                expected = [total + mass for total, mass in zip(expected, reached, strict=True)]
    return tuple(expected[1:])


@lru_cache(maxsize=1)
def _new_shares() -> tuple[float, ...]:
    again = _sent_again()
    shares: list[float] = []
    for _ in range(60):
        back = sum(p * share for p, share in zip(again, reversed(shares), strict=False))
        shares.append(max(0.2, 1 - back))
    return tuple(shares)


def new_share(day_number: int) -> float:
    """Return the share of new orders in a day, so that new and re-sent ones together stay constant.

    The renewal equation: on the first day all are new, later what the re-sent ones leave.
    """
    shares = _new_shares()
    return shares[min(day_number, len(shares) - 1)]
