"""Products: what is sold, how popular it is, and what it costs on a day. It knows nothing of orders."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate

from shop_simulator.world import OPENING, World

# category -> subcategory -> (nouns, lowest price, highest price in whole currency units)
SHELVES: dict[str, dict[str, tuple[tuple[str, ...], int, int]]] = {
    "Electronics": {
        "Monitors": (('24" Monitor', '27" Monitor', '32" Curved Monitor'), 120, 900),
        "Audio": (("Headphones", "Bluetooth Speaker", "Soundbar"), 25, 400),
        "Accessories": (("USB-C Cable, 2 m", "Charger", "Power Bank"), 8, 70),
        "Cameras": (("Action Camera", "Mirrorless Camera", "Webcam"), 60, 1900),
    },
    "Home & Kitchen": {
        "Cookware": (("Frying Pan", "Casserole", "Knife Set, 6 pieces"), 18, 220),
        "Small Appliances": (("Espresso Machine", "Toaster", "Kettle"), 25, 650),
        "Bedding": (("Duvet", "Pillow", "Fitted Sheet"), 12, 160),
    },
    "Fashion": {
        "Shoes": (("Sneakers", "Boots", "Sandals"), 30, 210),
        "Outerwear": (("Rain Jacket", "Parka", "Fleece"), 40, 320),
        "Basics": (("T-Shirt", "Socks, 5 pairs", "Hoodie"), 6, 70),
    },
    "Beauty": {
        "Skincare": (("Face Cream", "Sunscreen SPF 50", "Serum"), 7, 90),
        "Fragrance": (("Eau de Toilette", "Cologne"), 20, 140),
    },
    "Sports": {
        "Fitness": (("Yoga Mat", "Dumbbell Pair", "Resistance Bands"), 9, 180),
        "Cycling": (("Helmet", "Bike Lock", "Panniers"), 20, 260),
    },
    "Books": {
        "Fiction": (("Novel", "Short Stories"), 6, 28),
        "Non-Fiction": (("Cookbook", "Biography", "Travel Guide"), 9, 49),
    },
    "Toys": {
        "Building Sets": (("Castle Set", "Space Set"), 12, 240),
        "Games": (("Board Game", "Card Game", "Jigsaw, 1000 pieces"), 7, 65),
    },
    "Grocery": {
        "Coffee & Tea": (("Espresso Beans, 1 kg", "Green Tea"), 4, 38),
        "Snacks": (("Dark Chocolate", "Almonds", "Granola"), 1, 16),
    },
}
BRANDS = ("Nordhaus", "Alpina", "Café Blüte", "Kestrel", "O'Malley", "Lumen & Co", "Vireo", "Tandem", "Öko+")
TEMPERS = ("Classic", "Pro", "Mini", "Ultra", "Eco", "Studio", "Everyday", "Premium")


@dataclass(frozen=True)
class Product:
    """The properties of a product that never change."""

    number: int
    product_id: str
    name: str
    category: str
    subcategory: str | None
    brand: str | None
    base_cents: int
    days_per_price: int
    price_day: int


@lru_cache(maxsize=8)
def products(world: World) -> tuple[Product, ...]:
    """Return the whole catalogue, the most popular product first."""
    return tuple(_product(world, number) for number in range(1, world.products + 1))


def _product(world: World, number: int) -> Product:
    rng = world.chance("product", number)
    category = rng.choice(tuple(SHELVES))
    subcategory = rng.choice(tuple(SHELVES[category]))
    nouns, lowest, highest = SHELVES[category][subcategory]
    brand = rng.choice(BRANDS)
    units = lowest * (highest / lowest) ** rng.random()
    return Product(
        number=number,
        product_id=f"P-{number:05d}",
        name=f"{brand} {rng.choice(TEMPERS)} {rng.choice(nouns)}",
        category=category,
        subcategory=None if rng.random() < 0.02 else subcategory,
        brand=None if rng.random() < 0.03 else brand,
        base_cents=max(100, int(units) * 100 - rng.choice((1, 1, 5, 10, 50, 0))),
        days_per_price=rng.randint(5, 60),
        price_day=rng.randint(0, 60),
    )


@lru_cache(maxsize=8)
def popularity(world: World) -> tuple[float, ...]:
    """Return cumulative weights of the products: Zipf's law, flattened at its head."""
    return tuple(accumulate(1 / (rank + 10) ** 0.9 for rank in range(world.products)))


@lru_cache(maxsize=50_000)
def _price(world: World, number: int, base_cents: int, period: int) -> int:
    change = world.chance("price", number, period).choice((80, 90, 95, 100, 100, 103, 105, 110, 115))
    return max(1, base_cents * change // 100)


def price_cents(world: World, product: Product, day: date) -> int:
    """Return the price of a product on a day, in cents."""
    period = ((day - OPENING).days + product.price_day) // product.days_per_price
    return _price(world, product.number, product.base_cents, period)
