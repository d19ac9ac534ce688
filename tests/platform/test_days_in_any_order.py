"""Days carried in any order and any number of times give the gold that the files say."""

from tests.platform.deliveries.carrier import Calendar, Carrier


def test_days_carried_in_any_order_and_again_after_a_redelivery_with_fewer_lines(
    carrier: Carrier, calendar: Calendar
) -> None:
    one, two, three = calendar.take(3)
    carrier.deliver_days(one, two, three)
    carrier.backfill(three)
    carrier.backfill(one, two)
    assert carrier.gold() == carrier.expected()

    whole = carrier.gold()
    carrier.deliver_days(two, leave_out=5)
    carrier.backfill(two)
    assert carrier.gold() == carrier.expected() != whole

    before = carrier.hashes()
    carrier.backfill(one, three)
    assert carrier.hashes() == before
