"""`shopflow diff` after a redelivery shows exactly the rows and cents that the files changed."""

import json
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shopflow_cli.diff import table_diff
from tests.harness.stack import Stack
from tests.platform.deliveries.carrier import Calendar, Carrier
from tests.platform.deliveries.redelivered import LENIENT, Redelivered, total

SILVER = "silver.post.parcels"
PARCELS, SENDERS = "gold.post.parcels", "gold.post.senders"
Tables = dict[str, dict[str, Any]]
# The command, with fewer rows compared at once.
IN_PARTS = """
import sys
from shopflow_cli.diff import table_diff
from shopflow_cli.cli import main
table_diff.ROWS_AT_ONCE = 7
sys.argv = ["shopflow", "diff", *sys.argv[1:], "--format", "json"]
main()
"""


@pytest.fixture(scope="module")
def redelivered(carrier: Carrier, calendar: Calendar) -> Redelivered:
    calendar.skip_to_the_middle_of_a_month()
    return Redelivered(carrier, calendar.take(2))


@pytest.fixture(scope="module")
def shown(carrier: Carrier, redelivered: Redelivered) -> Tables:
    """What `shopflow diff` shows, by table."""
    return diff(carrier, redelivered)


def words(redelivered: Redelivered) -> tuple[str, str]:
    """The range as arguments of the command."""
    return f"{redelivered.days[0]}", f"{redelivered.days[-1]}"


def diff(carrier: Carrier, redelivered: Redelivered) -> Tables:
    """The tables of `shopflow diff --format json`."""
    answer = json.loads(carrier.stack.shopflow("diff", *words(redelivered), "--format", "json"))
    return {table["table"]: table for table in answer["tables"]}


def counts(table: dict[str, Any]) -> tuple[int, ...]:
    """Rows before and after, added, removed, changed."""
    return tuple(table[name] for name in ("rows_before", "rows_after", "added", "removed", "changed"))


def money(before: Decimal, difference: Decimal) -> dict[str, str]:
    """An amount as the command writes it."""
    return {"before": f"{before}", "after": f"{before + difference}", "difference": f"{difference}"}


def test_silver_shows_the_changed_and_the_removed_line_and_their_cents(
    shown: Tables, redelivered: Redelivered
) -> None:
    rows = len(redelivered.silver_before)
    assert counts(shown[SILVER]) == (rows, rows - 1, 0, 1, 1)
    before = total(redelivered.silver_before)
    assert shown[SILVER]["amounts"] == {"postage": money(before, redelivered.difference)}


def test_tables_compared_part_by_part_show_the_same(
    carrier: Carrier, redelivered: Redelivered, shown: Tables
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_PARTS, *words(redelivered)],
        env=carrier.stack.command()["env"],
        # A program given by -c looks for modules in its working folder first.
        cwd=carrier.stack.checkout,
        capture_output=True,
        text=True,
        check=True,
    )
    assert {table["table"]: table for table in json.loads(done.stdout)["tables"]} == shown


def test_rows_without_a_key_are_counted_part_by_part_too(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_diff, "ROWS_AT_ONCE", 1)
    old = "(values ('a', 1.10), ('a', 1.10), ('b', 2.20), ('c', null)) as t (name, amount)"
    new = "(values ('a', 1.10), ('b', 2.30), ('c', null), ('d', 3.00)) as t (name, amount)"
    amounts = {"amount": (Decimal("4.40"), Decimal("6.40"))}
    found = table_diff.compare(stack.home, old, new, "true", key=(), money=["amount"], ignored=())
    assert found == table_diff.TableDiff("true", 4, 4, added=2, removed=2, changed=0, amounts=amounts)


def test_of_quarantine_the_record_is_removed_that_came_no_more(shown: Tables) -> None:
    # The other record is unchanged, though it came in a file of another name.
    assert counts(shown["silver.quality.quarantine (post.parcels)"]) == (2, 1, 0, 1, 0)


def test_a_table_of_which_nothing_was_ever_refused_has_the_quarantine_that_it_had(shown: Tables) -> None:
    assert not shown["silver.quality.quarantine (post.scans)"]["is_changed"]


def test_gold_by_months_is_compared_in_those_that_the_run_wrote_to(
    carrier: Carrier, redelivered: Redelivered, shown: Tables
) -> None:
    first = redelivered.days[0].replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    assert shown[PARCELS]["where"] == f"(posted_at >= date '{first}' and posted_at < date '{after}')"
    assert shown[SENDERS]["where"] == "true"
    everything = carrier.expected()["parcels"]
    month = [row for row in everything if first <= row[2].date() < after]
    assert len(month) < len(everything)
    assert counts(shown[PARCELS]) == (len(month) + 1, len(month), 0, 1, 1)
    now = sum((row[3] for row in month), Decimal(0))
    before = now - redelivered.difference
    assert shown[PARCELS]["amounts"] == {"postage": money(before, redelivered.difference)}


def test_a_table_that_is_rebuilt_as_a_whole_is_compared_by_key_too(
    shown: Tables, redelivered: Redelivered
) -> None:
    assert counts(shown[SENDERS])[2:] == (0, 0, len(redelivered.senders))
    assert Decimal(shown[SENDERS]["amounts"]["postage"]["difference"]) == redelivered.difference


def test_views_are_left_out(shown: Tables) -> None:
    assert "gold.post.postage_by_day" not in shown


def test_the_table_for_people_says_the_same(carrier: Carrier, redelivered: Redelivered) -> None:
    text = carrier.stack.shopflow("diff", *words(redelivered))
    [line] = [line for line in text.splitlines() if line.split()[:1] == [SILVER]]
    assert f"{redelivered.difference:+,}" in line


def test_days_that_no_run_carried_are_refused_with_what_to_do(carrier: Carrier) -> None:
    never = date(2025, 1, 1)
    done = carrier.stack.attempt("diff", f"{never}", f"{never}")
    assert done.returncode == 1
    assert f"shopflow backfill {never} {never}" in done.stderr


def test_days_that_runs_carried_in_parts_name_these_runs(carrier: Carrier, redelivered: Redelivered) -> None:
    first, last = words(redelivered)
    done = carrier.stack.attempt("diff", first, f"{redelivered.days[-1] + timedelta(days=1)}")
    assert done.returncode == 1
    assert f"shopflow diff {first} {last}" in done.stderr


def test_a_table_whose_snapshots_have_expired_is_named(carrier: Carrier, redelivered: Redelivered) -> None:
    carrier.sql(
        "set session gold.expire_snapshots_min_retention = '0s'",
        f"alter table {PARCELS} execute expire_snapshots(retention_threshold => '0s')",
    )
    done = carrier.stack.attempt("diff", *words(redelivered))
    assert done.returncode == 1
    assert f"{PARCELS}: its snapshots of that time have expired" in done.stderr
    assert "Nothing changed" not in done.stdout


def test_a_repeated_backfill_of_unchanged_days_changed_nothing(
    carrier: Carrier, redelivered: Redelivered
) -> None:
    carrier.backfill(redelivered.days[0], redelivered.days[1], *LENIENT, "--force")
    assert "Nothing changed" in carrier.stack.shopflow("diff", *words(redelivered))
    tables = diff(carrier, redelivered)
    assert {SILVER, PARCELS, SENDERS} <= tables.keys()
    assert not [name for name, table in tables.items() if table["is_changed"]]
    written = {name for name, table in tables.items() if name.startswith("gold") and "where" in table}
    assert written == {SENDERS}
