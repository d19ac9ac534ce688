"""Defects that need more than one record, duplicates, and records with a broken form."""

from datetime import timedelta

from shop_simulator.marketplace.export import csv_record
from shop_simulator.marketplace.line_defects import TOTAL_RULE, Planter
from shop_simulator.marketplace.record import CSV_FILE, JSON_FILE, Record
from shop_simulator.marketplace.victim import Victim
from shop_simulator.marketplace.wording import reworded
from shop_simulator.world import AT, CLOSED_LISTS, money

MALFORMED = "malformed record: "


def _disagreement(column: str) -> Planter:
    """Return a planter that gives one line of an order another value, so that all its lines are ambiguous."""

    def plant(victim: Victim) -> None:
        line = victim.line
        line.write(**{column: _another(victim, line, column)})
        for record in victim.records:
            record.condemn(victim.kind, f"lines of one order disagree on {column}")

    return plant


def _another(victim: Victim, line: Record, column: str) -> str:
    if column == "customer_id":
        return f"C-9{line['customer_id'][-5:]}"
    if column == "order_date":
        step = victim.form((timedelta(microseconds=1), timedelta(seconds=1), timedelta(minutes=7)))
        early = line.placed_at.hour < 12
        return victim.restamp(line.placed_at + step if early else line.placed_at - step)
    return next(value for value in CLOSED_LISTS[column] if value != line[column])


def _conflict(victim: Victim) -> None:
    """Send one key twice with different content, so that both records are ambiguous."""
    first = victim.line
    second = victim.add(first.twin())
    if victim.form((True, False)):
        quantity = int(first["quantity"]) + 1
        total = first.cents("price") * quantity - first.cents("discount")
        second.write(quantity=str(quantity), total_amount=money(total))
    else:
        second.write(city="Atlantis")
        second.file = victim.form((CSV_FILE, CSV_FILE, JSON_FILE, JSON_FILE))
    for record in (first, second):
        record.condemn(
            victim.kind, f"conflicting records for key ({first['order_id']}, {first['product_id']})"
        )


def _same_bad_record_twice(victim: Victim) -> None:
    victim.spoil(TOTAL_RULE, total_amount=money(victim.line.cents("total_amount") + 5))
    victim.add(victim.line.twin())


def _bad_record_beside_good(victim: Victim) -> None:
    victim.add(victim.line.twin()).condemn(
        victim.kind, "price: not a decimal(10,2): '", price=victim.line["price"].replace(".", ",")
    )


def _duplicate(*, other_words: bool, other_file: bool) -> Planter:
    def plant(victim: Victim) -> None:
        original = victim.line
        copy = victim.add(original.twin())
        copy.verdict, copy.kind = "duplicate", victim.kind
        if other_words:
            copy.texts = reworded(victim.rng, original.plain, original.placed_at, original.texts)
        if other_file:
            copy.file = JSON_FILE if original.file == CSV_FILE else CSV_FILE

    return plant


def _too_few_fields(victim: Victim) -> None:
    kept = victim.form((23, 20, 12))
    victim.line.raw = csv_record(victim.line.texts[:kept])
    victim.spoil(MALFORMED)


def _too_many_fields(victim: Victim) -> None:
    """Split the address at a comma, as an export does that forgets the quotes."""
    texts = list(victim.line.texts)
    at = AT["address"]
    victim.line.raw = csv_record([*texts[:at], "Main Street 5", "Apt. 3", *texts[at + 1 :]])
    victim.spoil(MALFORMED)


def _broken_json(victim: Victim) -> None:
    victim.line.raw = victim.form(
        (
            f'{{"customer_id": "{victim.line["customer_id"]}", "customer_na',
            f'{{"order_id": "{victim.line["order_id"]}" "product_id": "{victim.line["product_id"]}"}}',
            "ERROR 504: the export service did not answer",
        )
    )
    victim.spoil(MALFORMED)


def _unknown_key(victim: Victim) -> None:
    victim.line.extra = {"coupon_code": "WELCOME10"}
    victim.spoil(MALFORMED)


TWO_LINE_DEFECTS: dict[str, Planter] = {
    f"disagree_on_{column}": _disagreement(column)
    for column in ("customer_id", "order_date", "payment_method", "shipping_method", "order_status")
}
CSV_DEFECTS: dict[str, Planter] = {
    "csv_too_few_fields": _too_few_fields,
    "csv_too_many_fields": _too_many_fields,
}
JSON_DEFECTS: dict[str, Planter] = {"json_broken": _broken_json, "json_unknown_key": _unknown_key}
REPEATS: dict[str, Planter] = {
    "conflicting_records": _conflict,
    "same_bad_record_twice": _same_bad_record_twice,
    "bad_record_beside_good": _bad_record_beside_good,
    "duplicate_exact": _duplicate(other_words=False, other_file=False),
    "duplicate_reworded": _duplicate(other_words=True, other_file=False),
    "duplicate_across_files": _duplicate(other_words=True, other_file=True),
}
