"""The constants of the simulated shop, and the source of all its random numbers.

What is drawn depends on a `World` and on the names given to `World.chance`, never on a clock, on what was
drawn before, or on Python's hash seed. That makes the bytes of a day independent of the range asked for.
"""

from dataclasses import dataclass
from datetime import date
from random import Random

OPENING = date(2026, 1, 1)

FIELDS = (
    "customer_id",
    "customer_name",
    "email",
    "phone",
    "address",
    "city",
    "state",
    "zip_code",
    "customer_segment",
    "registration_date",
    "order_id",
    "order_date",
    "product_id",
    "product_name",
    "category",
    "subcategory",
    "brand",
    "price",
    "quantity",
    "discount",
    "total_amount",
    "payment_method",
    "shipping_method",
    "order_status",
)
AT = {field: position for position, field in enumerate(FIELDS)}
NUMBERS = ("price", "quantity", "discount", "total_amount")
CLOSED_LISTS = {
    "order_status": ("pending", "processing", "shipped", "delivered", "cancelled", "returned"),
    "payment_method": (
        "credit_card",
        "debit_card",
        "paypal",
        "bank_transfer",
        "gift_card",
        "cash_on_delivery",
    ),
    "shipping_method": ("standard", "express", "next_day", "pickup"),
    "customer_segment": ("consumer", "corporate", "small_business"),
}


@dataclass(frozen=True)
class World:
    """One shop: the same world always makes the same days."""

    seed: int
    orders_per_day: int

    def chance(self, *about: object) -> Random:
        """Return the random numbers for one subject; a text seed is hashed the same way on every machine."""
        return Random("|".join(map(str, (self.seed, self.orders_per_day, *about))))

    @property
    def first_customers(self) -> int:
        """Customers registered before the shop opened its marketplace feed."""
        return max(20, 4 * self.orders_per_day)

    @property
    def new_customers_per_day(self) -> int:
        """Customers who register on each day from the opening on."""
        return max(1, self.orders_per_day * 3 // 100)

    @property
    def products(self) -> int:
        """Size of the catalogue; never smaller than an order can need."""
        return max(40, min(1200, self.orders_per_day))


def money(cents: int) -> str:
    """Write cents as a decimal with two places."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"
