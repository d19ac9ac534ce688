"""What becomes of an order: paid, corrected, sent, delivered, returned, cancelled, refunded, deleted.

Changes of one row are further apart than a tick of the shop, except that a new row may change at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from random import Random

from shop_simulator.shop.plan.assortment import Assortment
from shop_simulator.shop.plan.baskets import add_line, fill_basket
from shop_simulator.shop.plan.changes import Change, id_on
from shop_simulator.shop.plan.clientele import Customer
from shop_simulator.shop.plan.fulfilment import Parcel, pay, send
from shop_simulator.shop.plan.order_log import OrderLog
from shop_simulator.world import World


@dataclass(frozen=True)
class Fate:
    """One kind of life. `weight` says how many of 200 orders have it."""

    weight: int
    live: Callable[[OrderLog, Assortment], None]
    fewest_lines: int = 1


def fate_of(position: int) -> str:
    """Return the fate of the order at a position in the shop's life. 400 in a row have all fates."""
    turn, place = divmod(position, len(_TURN))
    return _shuffled(turn)[place]


def order_life(
    world: World, fate: str, placed_at: datetime, number: int, customer: Customer, assortment: Assortment
) -> list[Change]:
    """Return everything that ever happens to the n-th order of a day."""
    order_id = id_on(placed_at, number)
    rng = world.chance("shop order", order_id)
    kind = FATES[fate]
    basket = fill_basket(rng, order_id, placed_at, customer, assortment, kind.fewest_lines)
    log = OrderLog(rng, basket)
    log.place()
    kind.live(log, assortment)
    return log.changes


def _delivered(log: OrderLog, _: Assortment) -> None:
    send(log, pay(log)[1], most=1)


def _in_parcels(log: OrderLog, _: Assortment) -> None:
    send(log, pay(log)[1], most=log.rng.choice((2, 2, 3)))


def _paid_late(log: OrderLog, _: Assortment) -> None:
    send(log, pay(log, failures=log.rng.choice((1, 1, 2)))[1], most=1)


def _abandoned(log: OrderLog, _: Assortment) -> None:
    at = log.after(log.basket.placed_at, 0, 0.05)
    log.try_to_pay(at)
    log.change_order(log.after(at, 1, 30), status="cancelled")


def _withdrawn(log: OrderLog, _: Assortment) -> None:
    log.change_order(log.after(log.basket.placed_at, 0.2, 20), status="cancelled")


def _cancelled(log: OrderLog, _: Assortment) -> None:
    _cancel(log, fails=False)


def _refund_fails(log: OrderLog, _: Assortment) -> None:
    _cancel(log, fails=True)


def _cancel(log: OrderLog, *, fails: bool) -> None:
    payment_id, paid_at = pay(log)
    at = log.after(paid_at, 0.5, 40)
    log.change_order(at, status="cancelled")
    log.refund(payment_id, at, log.basket.amount_cents, "cancelled", fails=fails)


def _reduced(log: OrderLog, _: Assortment) -> None:
    """Correct the order a day or more later: one piece or a whole line less, and money back."""
    payment_id, paid_at = pay(log)
    at, before, lines = log.after(paid_at, 24, 72), log.basket.amount_cents, log.basket.lines
    several = [line for line in lines if line.quantity > 1]
    if several and log.rng.random() < 0.5:
        several[0].quantity -= 1
        log.change_item(several[0], at)
    else:
        log.remove_item(lines.pop(), at)
    log.change_order(at, **log.basket.amounts())
    log.refund(payment_id, at, before - log.basket.amount_cents, "corrected")
    send(log, at, most=1)


def _extended(log: OrderLog, assortment: Assortment) -> None:
    """Correct the order a day or more later: one piece or a line more, which is paid for again."""
    at, before = log.after(pay(log)[1], 24, 72), log.basket.amount_cents
    if log.rng.random() < 0.5:
        log.basket.lines[0].quantity += 1
        log.change_item(log.basket.lines[0], at)
    else:
        log.add_item(add_line(log.rng, log.basket, assortment, log.basket.placed_at), at)
    log.change_order(at, **log.basket.amounts())
    _, paid_at = log.pay(at, log.basket.amount_cents - before)
    send(log, paid_at, most=1)


def _sold_out(log: OrderLog, _: Assortment) -> None:
    """Send all but one piece, and give the money for it back."""
    payment_id, paid_at = pay(log)
    missing = log.basket.lines[-1]
    parcels = send(log, paid_at, most=1, without=missing.product_id)
    log.refund(payment_id, parcels[0].sent_at, log.basket.share_cents(missing.cents), "sold out")


def _returned(log: OrderLog, _: Assortment) -> None:
    payment_id, paid_at = pay(log)
    _return(log, payment_id, send(log, paid_at, most=1)[0], log.basket.amount_cents)


def _partly_returned(log: OrderLog, _: Assortment) -> None:
    payment_id, paid_at = pay(log)
    parcel = send(log, paid_at, most=2)[-1]
    _return(log, payment_id, parcel, log.basket.share_cents(parcel.cents))


def _return(log: OrderLog, payment_id: int, parcel: Parcel, cents: int) -> None:
    at = log.after(parcel.delivered_at, 24, 240)
    log.change_parcel(parcel.shipment_id, at, "returned_at")
    log.refund(payment_id, log.after(at, 0.2, 30), cents, "returned")


def _goodwill(log: OrderLog, _: Assortment) -> None:
    payment_id, paid_at = pay(log)
    at = log.after(send(log, paid_at, most=1)[0].delivered_at, 5, 120)
    log.refund(payment_id, at, log.basket.amount_cents // 10, "goodwill")


def _lost(log: OrderLog, _: Assortment) -> None:
    """Send a parcel that never arrives, and give all money back."""
    payment_id, paid_at = pay(log)
    parcel = send(log, paid_at, most=1, arrives=False)[0]
    log.refund(payment_id, log.after(parcel.sent_at, 240, 480), log.basket.amount_cents, "lost")


def _test_order(log: OrderLog, _: Assortment) -> None:
    """Delete an order with all that belongs to it: somebody only tried the shop out."""
    log.delete(log.after(pay(log)[1], 24, 72))


FATES: dict[str, Fate] = {
    "delivered": Fate(142, _delivered),
    "in_parcels": Fate(16, _in_parcels, fewest_lines=2),
    "paid_late": Fate(8, _paid_late),
    "abandoned": Fate(4, _abandoned),
    "withdrawn": Fate(4, _withdrawn),
    "cancelled": Fate(6, _cancelled),
    "refund_fails": Fate(1, _refund_fails),
    "reduced": Fate(3, _reduced, fewest_lines=2),
    "extended": Fate(3, _extended),
    "sold_out": Fate(2, _sold_out, fewest_lines=2),
    "returned": Fate(5, _returned),
    "partly_returned": Fate(2, _partly_returned, fewest_lines=2),
    "goodwill": Fate(2, _goodwill),
    "lost": Fate(1, _lost),
    "test_order": Fate(1, _test_order),
}
_TURN = [name for name, fate in FATES.items() for _ in range(fate.weight)]


@lru_cache(maxsize=4)
def _shuffled(turn: int) -> list[str]:
    fates = list(_TURN)
    Random(f"fates|{turn}").shuffle(fates)
    return fates
