"""A quote that opens in one record and closes in a later one does not take orders out of gold unseen."""

from tests.platform.deliveries.carrier import Calendar, Carrier, as_csv, parcels


def test_a_day_with_one_record_made_of_several_is_held_back_until_it_is_mended(
    carrier: Carrier, calendar: Calendar
) -> None:
    [day] = calendar.take(1)
    carrier.deliver_days(day, posted=60)
    good = as_csv(parcels(day, posted=60))
    lines = good.splitlines(keepends=True)
    lines[5], lines[7] = lines[5].replace(",S-", ',"S-', 1), lines[7].replace(",20", '",20', 1)
    carrier.deliver(day, "parcels.csv", "".join(lines))
    failed = carrier.attempt_backfill(day)
    assert failed.returncode == 1
    source = f"s3://inbox/post/parcels/{day}/parcels.csv"
    said = failed.stdout + failed.stderr
    assert "quarantined_share: 1 of 61 records (1.64%) are in quarantine" in said
    assert f"A stray quote made one record out of several in {source} lines 6 to 8" in said

    carrier.deliver(day, "parcels.csv", good)
    carrier.backfill(day)
    assert carrier.gold() == carrier.expected()
