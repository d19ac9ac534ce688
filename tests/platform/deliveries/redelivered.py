"""Two days that were delivered again, the first with one price changed and one parcel less."""

from datetime import date, timedelta
from decimal import Decimal

from tests.platform.deliveries.carrier import Carrier, Row, as_csv, parcel, parcels

LENIENT = ("--max-quarantined-share", "0.5")
RAGGED = "P-0,S-0\n"


class Redelivered:
    """What was sent first, and what the second delivery changes.

    On the first day a ragged line is refused both times. On the second day one record is refused at first; in
    the second delivery a copy of a good record takes its place. One parcel is of another month and unchanged.
    """

    def __init__(self, carrier: Carrier, days: list[date]) -> None:
        """Carry the days twice; they are in the middle of a month."""
        self.days = days
        sent = {day: parcels(day) for day in days}
        old = parcel(days[0] - timedelta(days=70), 1)
        sent[days[0]].append(old | {"parcel_id": f"P-old-{days[0]}"})
        self.silver_before = [row for day in days for row in sent[day]]
        repriced, removed = sent[days[0]][5], sent[days[0]][7]
        self.senders = {repriced["sender"], removed["sender"]}
        changed = [row for row in sent[days[0]] if row is not removed]
        changed[changed.index(repriced)] = repriced | {"postage": "99.99"}
        self.difference = total(changed) - total(sent[days[0]])

        carrier.deliver_days(*days)
        carrier.deliver(days[0], "parcels.csv", as_csv(sent[days[0]]) + RAGGED)
        carrier.deliver(days[1], "more.csv", as_csv([sent[days[1]][0]]) + RAGGED)
        carrier.backfill(days[0], days[1], *LENIENT)
        carrier.deliver(days[0], "parcels.csv", as_csv(changed) + RAGGED)
        carrier.deliver(days[1], "more.csv", as_csv([sent[days[1]][0]]))
        carrier.backfill(days[0], days[1], *LENIENT, "--force")


def total(rows: list[Row]) -> Decimal:
    """The postage of parcels as they were sent."""
    return sum((Decimal(row["postage"]) for row in rows), Decimal(0))
