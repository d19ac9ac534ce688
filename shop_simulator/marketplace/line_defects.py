"""Defects of a single line. Each breaks one rule, and no other rule where arithmetic allows that."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from shop_simulator.marketplace.victim import Victim
from shop_simulator.world import CLOSED_LISTS, money

Planter = Callable[[Victim], None]

REQUIRED = (
    "customer_id",
    "order_id",
    "product_id",
    "order_date",
    "price",
    "quantity",
    "discount",
    "total_amount",
    "order_status",
    "payment_method",
    "shipping_method",
)
TOTAL_RULE = "total_amount = price * quantity - discount"
DISCOUNT_RULE = "discount between 0 and price * quantity"
BAD_DECIMALS = {
    "decimal_with_comma": ("12,5", "1.234,50"),
    "decimal_with_too_many_places": ("12.505", "0.001"),
    "decimal_too_large": ("123456789.00", "100000000"),
    "decimal_with_exponent": ("1.25E1", "5e-1"),
    "decimal_in_words": ("twelve", "NaN", "$12.50"),
}
BAD_EMAILS = (
    "no-at-sign.example.com",
    "two@at@example.com",
    "@example.com",
    "no-dot@localhost",
    "nothing-behind@",
)
BAD_DATES = ("2025-02-30", "31.12.2025", "2025-1-5", "yesterday")
BAD_TIMES = (
    "{day}T25:00:00",
    "2026-02-30 10:00:00",
    "01/03/2026 10:00",
    "1767434400",
    "{day}T10:00:00.1234567",
    "noon",
)
UNKNOWN_VALUES = {
    "order_status": ("lost", "on hold"),
    "payment_method": ("barter", "credit"),
    "shipping_method": ("drone", "overnight mail"),
    "customer_segment": ("vip", "consumers"),
}


def _missing(column: str) -> Planter:
    def plant(victim: Victim) -> None:
        victim.spoil(f"{column}: required", **{column: victim.form((None, "", "   "))})

    return plant


def _bad_decimal(texts: tuple[str, ...]) -> Planter:
    def plant(victim: Victim) -> None:
        column = victim.form(("price", "discount", "total_amount"))
        victim.spoil(f"{column}: not a decimal(10,2): '", **{column: victim.form(texts)})

    return plant


def _unknown(column: str) -> Planter:
    def plant(victim: Victim) -> None:
        victim.spoil(
            f"{column}: not one of ",
            **{column: victim.form(UNKNOWN_VALUES[column])},
        )

    return plant


def _amounts(reason: str, price: int, quantity: int, discount: int) -> Planter:
    """Return a planter of amounts, in cents, with a correct total."""

    def plant(victim: Victim) -> None:
        victim.spoil(
            reason,
            price=money(price),
            quantity=str(quantity),
            discount=money(discount),
            total_amount=money(price * quantity - discount),
        )

    return plant


def _discount_above(victim: Victim) -> None:
    gross = victim.line.cents("price") * int(victim.line["quantity"])
    victim.spoil(DISCOUNT_RULE, discount=money(gross + 1), total_amount=money(-1))


def _wrong_total(victim: Victim) -> None:
    cents_more = victim.form((1, 10, 1900))
    victim.spoil(TOTAL_RULE, total_amount=money(victim.line.cents("total_amount") + cents_more))


def _bad_email(victim: Victim) -> None:
    victim.spoil("email: not an e-mail address: '", email=victim.form(BAD_EMAILS))


def _bad_registration(victim: Victim) -> None:
    victim.spoil("registration_date: not a date, YYYY-MM-DD: '", registration_date=victim.form(BAD_DATES))


def _registered_later(victim: Victim) -> None:
    # The next day is no defect: where the day begins first, it may be the day of the order.
    later = victim.line.placed_at.date() + timedelta(days=victim.form((2, 30, 400)))
    victim.spoil("registration_date not after date(order_date + 14 h)", registration_date=later.isoformat())


def _bad_time(victim: Victim) -> None:
    victim.spoil(
        "order_date: not a timestamp, YYYY-MM-DD HH:MM[:SS[.ffffff]][Z or ±HH[:MM]]: '",
        order_date=victim.form(BAD_TIMES).format(day=victim.day.isoformat()),
    )


def _from_the_future(victim: Victim) -> None:
    """Write the first moment of the next UTC day, or a time that only its offset moves to that day."""
    next_day = victim.day + timedelta(days=1)
    forms = (f"{next_day}T00:00:00Z", f"{victim.day} 23:30:00-01:00", f"{next_day} 12:00:00.5")
    victim.spoil("order_date not after partition_date", order_date=victim.form(forms))


def _too_old(victim: Victim) -> None:
    """Write a time 31 or more days back, and leave out the registration, which would be later than that."""
    back = victim.form((31, 45, 400))
    moment = datetime(victim.day.year, victim.day.month, victim.day.day, 23, 59, 59, tzinfo=UTC)
    victim.spoil(
        "order_date at most max_age_days before partition_date",
        order_date=victim.restamp(moment - timedelta(days=back)),
        registration_date=None,
    )


def _bad_integer(texts: tuple[str, ...]) -> Planter:
    def plant(victim: Victim) -> None:
        victim.spoil("quantity: not an integer: '", quantity=victim.form(texts))

    return plant


LINE_DEFECTS: dict[str, Planter] = {
    **{f"missing_{column}": _missing(column) for column in REQUIRED},
    **{kind: _bad_decimal(texts) for kind, texts in BAD_DECIMALS.items()},
    "quantity_with_fraction": _bad_integer(("1.5", "0.1")),
    "quantity_not_a_number": _bad_integer(("two", "3000000000", "1e3")),
    "price_zero": _amounts("price: must be > 0: ", 0, 2, 0),
    "price_negative": _amounts("price: must be > 0: ", -1999, 1, 0),
    "quantity_zero": _amounts("quantity: must be > 0: ", 1999, 0, 0),
    "quantity_negative": _amounts("quantity: must be > 0: ", 1999, -2, 0),
    "total_negative": _amounts("total_amount: must be >= 0: ", 1000, 1, 1500),
    "discount_negative": _amounts(DISCOUNT_RULE, 1000, 2, -500),
    "discount_above_gross": _discount_above,
    "total_wrong": _wrong_total,
    "email_malformed": _bad_email,
    "registration_malformed": _bad_registration,
    "registration_after_order": _registered_later,
    "order_time_malformed": _bad_time,
    "order_after_partition": _from_the_future,
    "order_too_old": _too_old,
    **{f"unknown_{column}": _unknown(column) for column in CLOSED_LISTS},
}
