"""Jobs, schedules and sensors: what they carry, and that none runs by itself."""

from datetime import UTC, datetime
from typing import Any

import dagster as dg
import pytest

from shopflow_assets.registry import DOMAINS

# What the sensor of each kind of source looks for.
SENSORS = {"inbox": "arrival", "postgres": "changes"}


def sensor_of(domain: str) -> str:
    return f"{domain}_{SENSORS[DOMAINS[domain].source.name]}"


def assets_of(definitions: dg.Definitions, domain: str) -> set[dg.AssetKey]:
    keys = definitions.resolve_asset_graph().materializable_asset_keys
    return {key for key in keys if key.path[1] == domain}


def test_jobs_schedules_and_sensors_can_be_loaded(definitions: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(definitions)
    repository = definitions.get_repository_def()
    assert {job.name for job in repository.get_all_jobs()} >= {"shopflow_daily", "shopflow_weekly"}


def test_nothing_runs_by_itself_until_someone_turns_it_on(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()
    status_of = {s.name: s.default_status for s in (*repository.schedule_defs, *repository.sensor_defs)}
    assert set(status_of) == {"shopflow_daily", "shopflow_weekly", *map(sensor_of, DOMAINS)}
    assert {status.value for status in status_of.values()} == {"STOPPED"}


def test_a_scheduled_run_is_started_again_when_its_process_dies(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()
    asked_at = dg.build_schedule_context(
        scheduled_execution_time=datetime(2026, 2, 1, 3, tzinfo=UTC), repository_def=repository
    )
    for schedule in repository.schedule_defs:
        runs = schedule.evaluate_tick(asked_at).run_requests or []
        assert runs
        assert all(int(run.tags["dagster/max_retries"]) > 0 for run in runs)


def test_the_nightly_schedule_carries_yesterday_in_a_run_for_each_domain(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()
    asked_at = dg.build_schedule_context(
        scheduled_execution_time=datetime(2026, 2, 1, 1, tzinfo=UTC), repository_def=repository
    )
    runs = repository.get_schedule_def("shopflow_daily").evaluate_tick(asked_at).run_requests or []
    assert [run.partition_key for run in runs] == ["2026-01-31"] * len(DOMAINS)
    assert [{*(run.asset_selection or [])} for run in runs] == [assets_of(definitions, d) for d in DOMAINS]


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_job_and_the_sensor_of_a_domain_carry_all_its_tables_and_no_others(
    definitions: dg.Definitions, domain: str
) -> None:
    graph, repository = definitions.resolve_asset_graph(), definitions.get_repository_def()
    mine = assets_of(definitions, domain)
    [target] = repository.get_sensor_def(sensor_of(domain)).targets
    started = repository.get_job(target.job_name).asset_layer
    assert started.selected_asset_keys == mine
    checks = {key for key in graph.asset_check_keys if key.asset_key in mine}
    assert started.asset_graph.asset_check_keys == checks


def test_the_weekly_steps_wait_for_the_writers(
    definitions: dg.Definitions, models: list[dict[str, Any]]
) -> None:
    steps = definitions.resolve_job_def("shopflow_weekly").nodes
    ops = [step.definition for step in steps if isinstance(step.definition, dg.OpDefinition)]
    writers = {"tidy_quality_tables": "quality"} | {
        f"tidy_{name}_silver": f"{name}_silver" for name in DOMAINS
    }
    for name in {model["schema"] for model in models} & DOMAINS.keys():
        writers |= {f"test_{name}_gold": f"{name}_gold", f"tidy_{name}_gold": f"{name}_gold"}
    writers |= {f"tidy_{n}_bronze": f"{n}_bronze" for n in DOMAINS if sensor_of(n).endswith("changes")}
    assert {op.name: op.pool for op in ops} == writers
    assert all(op.description for op in ops)
