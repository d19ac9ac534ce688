"""A range with days of which nothing has arrived, such as weekends."""

from tests.platform.deliveries.carrier import Calendar, Carrier


def test_days_without_a_delivery_are_left_out_and_named(carrier: Carrier, calendar: Calendar) -> None:
    first, missing, last = calendar.take(3)
    carrier.deliver_days(first, last)
    command = carrier.backfill_command(first, last)
    planned = carrier.stack.shopflow(*command, "--skip-missing", "--dry-run")
    assert f"{missing}: nothing has arrived; left out" in planned
    carried = carrier.stack.shopflow(*command, "--skip-missing")
    assert f"post: nothing has arrived for 1 of 3 days, which are left out: {missing}" in carried
    published = carrier.sql(
        "select partition_date, is_complete from gold.quality.published_days"
        f" where domain = 'post' and partition_date between date '{first}' and date '{last}' order by 1"
    )
    assert published == [{"partition_date": day, "is_complete": True} for day in (first, last)]
    assert carrier.gold() == carrier.expected()
    assert "Nothing to do" in carrier.stack.shopflow(*command, "--skip-missing")
    assert f"{missing}: nothing has arrived; a run would hold" in carrier.stack.shopflow(
        *command, "--dry-run"
    )


def test_a_day_that_has_arrived_for_one_table_alone_is_not_left_out(
    carrier: Carrier, calendar: Calendar
) -> None:
    first, halved = calendar.take(2)
    carrier.deliver_days(first, halved)
    for key in carrier.keys("inbox", f"{carrier.scans.rules.feed_folder}/{halved}/"):
        carrier.s3.delete_object(Bucket="inbox", Key=key)
    failed = carrier.stack.attempt(*carrier.backfill_command(first, halved), "--skip-missing")
    assert failed.returncode == 1
    assert f"nothing in inbox/{carrier.scans.rules.feed_folder}/{halved}/" in failed.stdout
