"""How the shop counts money, and which ways to pay it knows."""

from typing import Annotated

import polars as pl

Amount = Annotated[pl.Decimal, 12, 2]
CURRENCY = r"^[A-Z]{3}$"
CURRENCY_CODE = "a currency of three capital letters"
PAYMENT_METHODS = ["card", "paypal", "bank_transfer", "gift_card"]
