"""The shop's customers and their addresses, and how they change. It knows nothing of orders.

They are other people than the marketplace's customers: other numbers, other mailboxes.
"""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from shop_simulator.people import COUNTRIES, MAIL_HOSTS, plain_letters, pools
from shop_simulator.shop.plan.changes import Change, Row

_CODES = tuple(locale[-2:] for locale, _, _ in COUNTRIES)
_SHARES = tuple(share for _, _, share in COUNTRIES)
_CURRENCIES = {"US": "USD"}


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as a day finds them; the first address is their home."""

    customer_id: int
    city: str
    region: str
    addresses: tuple[int, ...]

    @property
    def country(self) -> str:
        """Return the country, in two letters, of the customer's region."""
        return self.region[:2]

    @property
    def currency(self) -> str:
        """Return the currency in which the customer pays."""
        return _CURRENCIES.get(self.country, "EUR")


def new_customer(
    rng: Random, customer_id: int, address_id: int, at: datetime, neighbour: Customer | None
) -> tuple[Customer, list[Change]]:
    """Return a customer who signs up, alone at `address_id` or at the home of `neighbour`."""
    changes: list[Change] = []
    country = _CODES.index(neighbour.country) if neighbour else rng.choices(range(len(_CODES)), _SHARES)[0]
    if neighbour:
        city, region, home = neighbour.city, neighbour.region, neighbour.addresses[0]
    else:
        address = new_address(rng, address_id, country, at)
        city, region, home = address.row["city"], address.row["region"], address_id
        changes.append(address)
    pool = pools()[country]
    first, last = rng.choice(pool.first_names), rng.choice(pool.last_names)
    mailbox = f"{plain_letters(f'{first}.{last}')}.{customer_id}@{rng.choice(MAIL_HOSTS)}"
    row = {
        "customer_id": customer_id,
        "name": f"{first} {last}",
        "email": None if rng.random() < 0.02 else mailbox,
        "city": city,
        "region": region,
        "signup_date": at.date().isoformat(),
    }
    changes += [Change(at, "customers", "c", row), _link(at, customer_id, home, "home")]
    return Customer(customer_id, city, region, (home,)), changes


def new_address(rng: Random, address_id: int, country: int, at: datetime) -> Change:
    """Return a new address in a country, given by its place in `COUNTRIES`."""
    pool = pools()[country]
    street, house = rng.choice(pool.streets), rng.randint(1, 240)
    care_of = 'c/o "Reception"\n' if rng.random() < 0.02 else ""
    city, state, postal_code = rng.choice(pool.places)
    row = {
        "address_id": address_id,
        "street": f"{care_of}{street} {house}" if _CODES[country] == "DE" else f"{care_of}{house} {street}",
        "city": city,
        "region": f"{_CODES[country]}-{state}",
        "postal_code": postal_code,
        "country": _CODES[country],
    }
    return Change(at, "addresses", "c", row)


def second_address(rng: Random, customer: Customer, address_id: int, at: datetime) -> list[Change]:
    """Return another address that a customer enters, for deliveries to work."""
    address = new_address(rng, address_id, _CODES.index(customer.country), at)
    return [address, _link(at, customer.customer_id, address_id, "work")]


def move(rng: Random, customer: Customer, address_id: int, at: datetime) -> list[Change]:
    """Return what changes when a customer moves; one in twenty may leave the country."""
    stays = rng.random() < 0.95
    country = _CODES.index(customer.country) if stays else rng.randrange(len(_CODES))
    address = new_address(rng, address_id, country, at)
    moved: Row = {
        "customer_id": customer.customer_id,
        "city": address.row["city"],
        "region": address.row["region"],
    }
    old_home = {"customer_id": customer.customer_id, "address_id": customer.addresses[0], "label": "other"}
    return [
        address,
        _link(at, customer.customer_id, address_id, "home"),
        Change(at, "customer_addresses", "u", old_home),
        Change(at, "customers", "u", moved),
    ]


def merge(first: Customer, second: Customer, at: datetime) -> Change:
    """Return the merge of a customer into another one, who is the same person."""
    row = {"customer_id": second.customer_id, "into": first.customer_id}
    return Change(at, "customers", "m", row)


def _link(at: datetime, customer_id: int, address_id: int, label: str) -> Change:
    row = {"customer_id": customer_id, "address_id": address_id, "label": label}
    return Change(at, "customer_addresses", "c", row)
