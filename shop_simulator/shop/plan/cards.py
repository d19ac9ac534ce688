"""Payment cards that look real and are none: the ranges are those of payment providers' test cards."""

from random import Random

# brand -> first digits, length of the number, length of the code
_BRANDS = {
    "visa": ("424242", 16, 3),
    "mastercard": ("555555", 16, 3),
    "amex": ("378282", 15, 4),
}


def card(rng: Random, year: int) -> dict[str, str]:
    """Draw a card that is valid in a year, with the payment provider's name for it."""
    brand = rng.choices(tuple(_BRANDS), weights=(55, 35, 10))[0]
    prefix, digits, code = _BRANDS[brand]
    inner = "".join(str(rng.randrange(10)) for _ in range(digits - len(prefix) - 1))
    return {
        "card_token": f"tok_{rng.getrandbits(96):024x}",
        "card_brand": brand,
        "card_number": prefix + inner + check_digit(prefix + inner),
        "card_expiry": f"{rng.randint(1, 12):02d}/{(year + rng.randint(1, 4)) % 100:02d}",
        "card_cvc": f"{rng.randrange(10**code):0{code}d}",
    }


def check_digit(digits: str) -> str:
    """Return the digit that makes a number pass Luhn's check."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if position % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)
