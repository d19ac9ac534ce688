"""Customers: who they are, and where they live on a day. It knows nothing of orders.

Faker is slow (a name costs more than a whole order line), so it fills pools once; people are drawn from them.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from random import Random

from shop_simulator.world import CLOSED_LISTS, OPENING, World

Place = tuple[str, str, str]
COUNTRIES = (("en_US", "state_abbr", 0.55), ("de_DE", "state", 0.30), ("fr_FR", "region", 0.15))
MAIL_HOSTS = ("example.com", "example.org", "example.net", "mail.example.com", "post.example.org")


@dataclass(frozen=True)
class Pool:
    """Names and places of one country."""

    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    companies: tuple[str, ...]
    streets: tuple[str, ...]
    places: tuple[Place, ...]


@lru_cache(maxsize=1)
def pools() -> tuple[Pool, ...]:
    """Fill one pool per country. The pools are the same on every machine with the same Faker."""
    from faker import Faker

    filled = []
    for locale, state, _ in COUNTRIES:
        fake = Faker(locale)
        fake.seed_instance(2026)
        state_of = getattr(fake, state)
        filled.append(
            Pool(
                first_names=tuple(fake.first_name() for _ in range(300)),
                last_names=tuple(fake.last_name() for _ in range(400)),
                companies=tuple(fake.company() for _ in range(200)),
                streets=tuple(fake.street_name() for _ in range(400)),
                places=tuple((fake.city(), state_of(), fake.postcode()) for _ in range(250)),
            )
        )
    return tuple(filled)


@dataclass(frozen=True)
class Person:
    """The properties of a customer that never change."""

    customer_id: str
    name: str
    email: str | None
    phone: str | None
    segment: str | None
    registered_on: date
    country: int
    days_per_home: int
    moving_day: int


def registered_on(world: World, number: int) -> date:
    """Return the day on which customer `number` (from 1) registered."""
    later = number - world.first_customers - 1
    if later >= 0:
        return OPENING + timedelta(days=later // world.new_customers_per_day)
    years_back = world.chance("registration", number).random() ** 1.5
    return OPENING - timedelta(days=1 + int(1095 * years_back))


@lru_cache(maxsize=100_000)
def person(world: World, number: int) -> Person:
    """Return customer `number` (from 1)."""
    rng = world.chance("customer", number)
    country = rng.choices(range(len(COUNTRIES)), weights=[share for _, _, share in COUNTRIES])[0]
    segment = rng.choices(CLOSED_LISTS["customer_segment"], weights=(72, 12, 16))[0]
    name, mailbox = _name(rng, pools()[country], segment)
    return Person(
        customer_id=f"C-{number:06d}",
        name=name,
        email=None if rng.random() < 0.02 else f"{mailbox}{number}@{rng.choice(MAIL_HOSTS)}",
        phone=None if rng.random() < 0.08 else _phone(rng, country),
        segment=None if rng.random() < 0.03 else segment,
        registered_on=registered_on(world, number),
        country=country,
        days_per_home=rng.randint(40, 500),
        moving_day=rng.randint(0, 500),
    )


def _name(rng: Random, pool: Pool, segment: str) -> tuple[str, str]:
    first, last = rng.choice(pool.first_names), rng.choice(pool.last_names)
    mailbox = plain_letters(f"{first}.{last}")
    chance = rng.random()
    if segment == "corporate":
        return rng.choice(pool.companies), mailbox
    if chance < 0.01:
        return f'{first} "{first[:2]}" {last}', mailbox
    if chance < 0.02:
        return f"{last}, {first}", mailbox
    return f"{first} {last}", mailbox


def _phone(rng: Random, country: int) -> str:
    prefix = ("+1 555", "+49 30", "+33 1")[country]
    return f"{prefix} {rng.randint(100, 999)} {rng.randint(1000, 9999)}"


def plain_letters(text: str) -> str:
    """Write a text in letters, digits, points and hyphens, as mailboxes are named."""
    folded = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return "".join(letter if letter.isalnum() or letter == "." else "-" for letter in folded)


@lru_cache(maxsize=100_000)
def _home(world: World, number: int, country: int, home: int) -> tuple[str, str, str, str]:
    rng = world.chance("home", number, home)
    pool = pools()[country]
    street, house = rng.choice(pool.streets), rng.randint(1, 240)
    address = f"{street} {house}" if COUNTRIES[country][0] == "de_DE" else f"{house} {street}"
    extra = rng.random()
    if extra < 0.15:
        address = f"{address}, Apt. {rng.randint(1, 60)}"
    elif extra < 0.16:
        address = f"c/o Reception\n{address}"
    elif extra < 0.17:
        address = f'{address} "Rear building"'
    return (address, *rng.choice(pool.places))


def customer_fields(world: World, number: int, day: date) -> tuple[str | None, ...]:
    """Return the ten customer fields in the order of the export, as of `day`."""
    who = person(world, number)
    home = ((day - OPENING).days + who.moving_day) // who.days_per_home
    return (
        who.customer_id,
        who.name,
        who.email,
        who.phone,
        *_home(world, number, who.country, home),
        who.segment,
        who.registered_on.isoformat(),
    )
