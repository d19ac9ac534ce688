"""A pipeline of three small steps, as the real ones are built: silver, its check, and gold."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import dagster as dg

DAYS = ("2026-01-01", "2026-01-02", "2026-01-03")
BAD = "2026-01-02"
SILVER, GOLD = dg.AssetKey(["silver", "post", "parcels"]), dg.AssetKey(["gold", "post", "parcels"])
MADE, JUDGED, TESTED = (
    dg.AssetCheckKey(*of) for of in ((SILVER, "made"), (SILVER, "contract"), (GOLD, "key"))
)


class Pipeline:
    """Silver, its check and gold as steps of their own; `verdicts` says what the check finds of a day."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        self.made: dict[str, bool] = dict.fromkeys(DAYS, True)
        self.verdicts: dict[str, Any] = {}
        # What other runs do while a step of this one is under way, by the step's name.
        self.meanwhile: dict[str, Callable[[], object]] = {}

    def run(
        self,
        *selected: str,
        days: tuple[str, str] = (DAYS[0], DAYS[-1]),
        tags: Mapping[str, str] | None = None,
    ) -> dg.ExecuteInProcessResult:
        """Run some of the three steps over a range of days."""
        from shopflow_assets.days.partitions import DAILY, ONE_RUN

        silver = self._silver(DAILY, ONE_RUN)
        gold = self._gold(DAILY, ONE_RUN)
        chosen = {"silver": [silver], "checks": [self._checks(DAILY)], "gold": [gold]}
        steps = [step for name in selected for step in chosen[name]]
        assets = [step for step in steps if not isinstance(step, dg.AssetChecksDefinition)]
        checks = [step for step in steps if isinstance(step, dg.AssetChecksDefinition)]
        others = [] if silver in assets else [dg.AssetSpec(SILVER)]
        definitions = dg.Definitions([*assets, *others], asset_checks=checks, executor=dg.in_process_executor)
        tags = {
            "dagster/asset_partition_range_start": days[0],
            "dagster/asset_partition_range_end": days[1],
            **(tags or {}),
        }
        job = definitions.resolve_implicit_global_asset_job_def()
        return job.execute_in_process(instance=self.instance, tags=tags, raise_on_error=False)

    def status(self, key: dg.AssetKey) -> Mapping[str, str | None]:
        """How Dagster shows the days of an asset."""
        from shopflow_assets.days.partitions import DAILY

        statuses = self.instance.get_status_by_partition(key, DAYS, DAILY) or {}
        return {day: status and status.value for day, status in statuses.items()}

    def planned(self, key: dg.AssetCheckKey) -> set[str | None]:
        """The days on which a check is shown as not finished."""
        history = self.instance.event_log_storage.get_asset_check_execution_history(key, limit=100)
        return {
            record.partition for record in history if record.status.value == "PLANNED" and record.partition
        }

    def _silver(self, daily: Any, one_run: Any) -> dg.AssetsDefinition:
        from shopflow_assets.days.day_report import DayReport, is_last_step
        from shopflow_assets.days.gate import held_back
        from shopflow_assets.days.partitions import run_days
        from shopflow_assets.days.per_day import daily_specs
        from shopflow_assets.errors import BadDaysError
        from shopflow_assets.verdict import Verdict

        @dg.multi_asset(
            name="silver",
            specs=[dg.AssetSpec(SILVER, partitions_def=daily, skippable=True)],
            check_specs=daily_specs(SILVER, {"made": "It was made."}, blocking=True),
            can_subset=True,
            backfill_policy=one_run,
        )
        def silver(context: dg.AssetExecutionContext) -> Iterator[Any]:
            report = DayReport(context)
            for day in run_days(context):
                is_made = self.made[day.isoformat()]
                (report.made(SILVER, day, {}) if is_made else report.failed(SILVER, day, "no file"))
                report.judged(MADE, day, Verdict(is_made, "made" if is_made else "no file"))
            self.meanwhile.pop("silver", object)()
            yield from report.events()
            if is_last_step(context) and (bad := held_back(context.instance, [MADE], run_days(context))):
                raise BadDaysError(bad, run_days(context))

        return silver

    def _checks(self, daily: Any) -> dg.AssetChecksDefinition:
        from shopflow_assets.days.day_report import DayReport, is_last_step
        from shopflow_assets.days.gate import held_back
        from shopflow_assets.days.partitions import run_days
        from shopflow_assets.days.per_day import daily_specs
        from shopflow_assets.errors import BadDaysError
        from shopflow_assets.verdict import Verdict

        specs = daily_specs(SILVER, {"contract": "It is right."}, blocking=True)

        @dg.multi_asset_check(name="checks", specs=specs, can_subset=True)
        def checks(context: dg.AssetCheckExecutionContext) -> Iterator[Any]:
            report = DayReport(context)
            self.meanwhile.pop("checks", object)()
            for day in run_days(context):
                if not held_back(context.instance, [MADE], [day]):
                    verdict = self.verdicts.get(day.isoformat(), Verdict(True, "right"))
                    report.judged(JUDGED, day, verdict)
            yield from report.events()
            bad = held_back(context.instance, [MADE, JUDGED], run_days(context))
            if is_last_step(context) and bad:
                raise BadDaysError(bad, run_days(context))

        return checks

    def _gold(self, daily: Any, one_run: Any) -> dg.AssetsDefinition:
        from shopflow_assets.days.day_report import DayReport, is_last_step
        from shopflow_assets.days.gate import held_back
        from shopflow_assets.days.partitions import run_days
        from shopflow_assets.days.per_day import daily_specs
        from shopflow_assets.errors import BadDaysError
        from shopflow_assets.verdict import Verdict

        @dg.multi_asset(
            name="gold",
            specs=[dg.AssetSpec(GOLD, deps=[SILVER], partitions_def=daily, skippable=True)],
            check_specs=daily_specs(GOLD, {"key": "Its key is unique."}, blocking=False),
            can_subset=True,
            backfill_policy=one_run,
        )
        def gold(context: dg.AssetExecutionContext) -> Iterator[Any]:
            report = DayReport(context)
            bad = held_back(context.instance, [MADE, JUDGED], run_days(context))
            for day in run_days(context):
                if day not in bad:
                    report.made(GOLD, day, {})
                    report.judged(TESTED, day, Verdict(True, "unique"))
            yield from report.events()
            if is_last_step(context) and bad:
                raise BadDaysError(bad, run_days(context))

        return gold
