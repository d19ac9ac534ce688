"""What the shop sells on a day, and how that changes. It knows nothing of orders."""

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from random import Random

from shop_simulator.catalogue import BRANDS, SHELVES, TEMPERS
from shop_simulator.shop.plan.changes import Change
from shop_simulator.world import money

FIRST_SUPPLIERS = 12
TYPES = {name: number for number, name in enumerate(SHELVES, start=1)}
# (type, subtype) -> id
SUBTYPES = {
    (name, subtype): TYPES[name] * 100 + number
    for name, subtypes in SHELVES.items()
    for number, subtype in enumerate(subtypes, start=1)
}
# Where a product is shown for a while instead of the shelf of its type.
_CAMPAIGNS = ("Outlet", "Gifts", "New Arrivals")
_SUPPLIER_FORMS = ("Trading", "Wholesale", "Supply", "Works")
_PRICE_STEPS = (80, 90, 95, 97, 103, 105, 110, 115)


@dataclass(frozen=True, slots=True)
class Product:
    """One product as a day finds it."""

    product_id: int
    category: str
    cents: int


@dataclass
class Assortment:
    """The products that can be ordered on a day, the most popular first, and the day's new prices."""

    products: Sequence[Product]
    newest_supplier: int
    new_prices: dict[int, tuple[datetime, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Weigh the products: Zipf's law, flattened at its head."""
        self._bounds = tuple(accumulate(1 / (rank + 10) ** 0.9 for rank in range(len(self.products))))

    def draw(self, rng: Random) -> Product:
        """Draw a product; a popular one more often."""
        return self.products[bisect(self._bounds, rng.random() * self._bounds[-1])]

    def cents(self, product: Product, at: datetime) -> int:
        """Return the price of a product at a moment of the day."""
        since, cents = self.new_prices.get(product.product_id, (at, product.cents))
        return cents if since <= at else product.cents


def first_shelves(at: datetime) -> list[Change]:
    """Return the types, subtypes and suppliers with which the shop opened."""
    types = [
        Change(at, "product_types", "c", {"type_id": type_id, "name": name})
        for name, type_id in TYPES.items()
    ]
    subtypes = [
        Change(at, "product_subtypes", "c", {"subtype_id": number, "type_id": TYPES[name], "name": subtype})
        for (name, subtype), number in SUBTYPES.items()
    ]
    return [*types, *subtypes, *(new_supplier(number, at) for number in range(1, FIRST_SUPPLIERS + 1))]


def new_supplier(supplier_id: int, at: datetime) -> Change:
    """Return a new supplier."""
    rng = Random(supplier_id)
    row = {
        "supplier_id": supplier_id,
        "name": f"{rng.choice(BRANDS)} {rng.choice(_SUPPLIER_FORMS)} {supplier_id}",
        "country": rng.choice(("US", "DE", "FR", "IT", "CN")),
    }
    return Change(at, "suppliers", "c", row)


def new_product(rng: Random, product_id: int, suppliers: int, at: datetime) -> tuple[Product, Change]:
    """Return a new product of one of the suppliers 1 to `suppliers`, and its arrival."""
    type_name, subtype = rng.choice(tuple(SUBTYPES))
    nouns, lowest, highest = SHELVES[type_name][subtype]
    units = lowest * (highest / lowest) ** rng.random()
    cents = max(1_00, int(units) * 100 - rng.choice((1, 1, 5, 10, 50, 0)))
    row = {
        "product_id": product_id,
        "name": f"{rng.choice(BRANDS)} {rng.choice(TEMPERS)} {rng.choice(nouns)}",
        "category": type_name,
        "unit_price": money(cents),
        "subtype_id": SUBTYPES[type_name, subtype],
        "supplier_id": rng.randint(1, suppliers),
    }
    return Product(product_id, type_name, cents), Change(at, "products", "c", row)


def changes_of_assortment(
    rng: Random, day_number: int, moments: Iterator[datetime], assortment: Assortment
) -> list[Change]:
    """Change some prices and one category, and bring in a product; every third day also a supplier.

    The new prices are noted in the assortment. A new product can be ordered from the next day on.
    """
    products = assortment.products
    *repriced, shown_elsewhere = rng.sample(products, max(1, len(products) // 50) + 1)
    changes = []
    for product in repriced:
        since, cents = next(moments), max(1_00, product.cents * rng.choice(_PRICE_STEPS) // 100)
        if cents != product.cents:
            assortment.new_prices[product.product_id] = since, cents
            row = {"product_id": product.product_id, "unit_price": money(cents)}
            changes.append(Change(since, "products", "u", row))
    others = [name for name in (*TYPES, *_CAMPAIGNS) if name != shown_elsewhere.category]
    row = {"product_id": shown_elsewhere.product_id, "category": rng.choice(others)}
    changes.append(Change(next(moments), "products", "u", row))
    suppliers, arrival = assortment.newest_supplier, next(moments)
    if day_number % 3 == 0:
        suppliers += 1
        changes.append(new_supplier(suppliers, arrival))
    newest = max(product.product_id for product in products)
    changes.append(new_product(rng, newest + 1, suppliers, arrival)[1])
    return changes
