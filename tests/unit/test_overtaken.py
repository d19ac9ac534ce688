"""Days whose silver another run made anew, after this run had made it, are left to that run."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

ONE, TWO = date(2026, 6, 1), date(2026, 6, 2)
SILVER = dg.AssetKey(["silver", "shop", "sales"])


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as instance:
        yield instance


@pytest.fixture
def found(pipeline: Path, instance: dg.DagsterInstance):
    """What a run over both days finds in its last step, after another run has made the second anew."""
    from shopflow_assets.gold.overtaken import overtaken_days
    from shopflow_assets.partitions import DAILY, ONE_RUN, run_days

    @dg.asset(key=SILVER, partitions_def=DAILY, backfill_policy=ONE_RUN)
    def silver() -> None: ...

    def run(assets: list[dg.AssetsDefinition], first: date) -> None:
        days = {
            "dagster/asset_partition_range_start": f"{first}",
            "dagster/asset_partition_range_end": f"{TWO}",
        }
        assert dg.materialize([silver, *assets], selection=assets, tags=days, instance=instance).success

    def of_a_run(*, with_silver: bool) -> dict[date, str]:
        said: dict[date, str] = {}

        @dg.asset(deps=[silver], partitions_def=DAILY, backfill_policy=ONE_RUN)
        def gold(context: dg.AssetExecutionContext) -> None:
            assert overtaken_days(context, [SILVER], run_days(context)) == {}
            run([silver], TWO)
            said.update(overtaken_days(context, [SILVER], run_days(context)))

        run([silver, gold] if with_silver else [gold], ONE)
        return said

    return of_a_run


def test_a_day_that_another_run_made_anew_is_left_to_it(found, instance: dg.DagsterInstance) -> None:
    said = found(with_silver=True)
    [other] = instance.get_runs(limit=1)
    assert said == {
        TWO: f"run {other.run_id[:8]} made silver/shop/sales of the day anew meanwhile, "
        "and brings it to gold if its checks pass"
    }


def test_a_run_of_gold_alone_takes_silver_as_it_is(found) -> None:
    assert found(with_silver=False) == {}


def test_the_days_around_one_that_is_left_out_are_no_batch(
    pipeline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shopflow_assets.gold import batches

    monkeypatch.setattr(batches, "_silver_rows", lambda days: {})
    four = date(2026, 6, 4)
    assert list(batches.batches([ONE, TWO, four], 10)) == [(ONE, TWO), (four,)]
