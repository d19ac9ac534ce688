"""How a run says which days it leaves out."""

import re
from datetime import date, timedelta

from shopflow_assets.days.run_tags import missing_days, missing_tags

# PostgreSQL cannot index longer values: a third of a page.
MOST_BYTES = 2700
YEARS = [date(2026, 1, 1) + timedelta(days=n) for n in range(3 * 365)]


def test_the_days_that_are_left_out_are_read_as_they_were_written() -> None:
    tags = missing_tags("shop", YEARS) | missing_tags("shop_b", YEARS[:3]) | {"shopflow/domain": "shop"}
    assert missing_days(tags, "shop") == set(YEARS)
    assert missing_days(tags, "shop_b") == set(YEARS[:3])
    assert missing_days(tags, "b") == set()


def test_dagster_and_its_database_take_the_tags() -> None:
    tags = missing_tags("a_domain_with_a_long_name", YEARS)
    assert all(re.fullmatch(r"shopflow/[\w.-]{1,63}", key, re.ASCII) for key in tags)
    assert all(len(value) < MOST_BYTES for value in tags.values())
