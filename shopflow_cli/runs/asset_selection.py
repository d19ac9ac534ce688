"""Which assets and days a run can take."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from local_stack.errors import DagsterApiError, DayError, DomainError
from shopflow_cli.runs.dagster_api import AssetJob, Webserver


def job_over(webserver: Webserver, start: date, end: date, domain: str | None) -> AssetJob:
    """The job over all partitioned assets, or those of one domain, for a run from `start` to `end`.

    Raises:
        DayError: The range is empty or holds a day that is no partition.
        DomainError: There is no such domain.
    """
    job = asset_job(webserver)
    if domain:
        job = of_domain(job, domain)
    check_days(webserver, job, start, end)
    return job


def asset_job(webserver: Webserver) -> AssetJob:
    """Find the partitioned assets and the implicit job over all of them."""
    nodes = [node for node in webserver.assets() if node["isMaterializable"] and node["isPartitioned"]]
    if not nodes:
        raise DagsterApiError("Dagster has no partitioned assets. See `shopflow logs dagster-code`.")
    common = set.intersection(*(set(node["jobNames"]) for node in nodes))
    implicit = sorted(name for name in common if name.startswith("__ASSET_JOB"))
    if not implicit:
        raise DagsterApiError("Dagster has no job over all partitioned assets: they differ in partitions.")
    repository = nodes[0]["repository"]
    return AssetJob(
        repository=repository["name"],
        location=repository["location"]["name"],
        job=implicit[0],
        assets=tuple(sorted(tuple(node["assetKey"]["path"]) for node in nodes)),
    )


def of_domain(job: AssetJob, domain: str) -> AssetJob:
    """The same job with the tables of one domain only; the domain is the second part of an asset key."""
    domains = sorted({path[1] for path in job.assets})
    if domain not in domains:
        raise DomainError(f"There is no domain {domain!r}; there are: {', '.join(domains)}.")
    return of_domains(job, [domain])


def of_domains(job: AssetJob, domains: Collection[str]) -> AssetJob:
    """The same job with the tables of these domains only."""
    return replace(job, assets=tuple(path for path in job.assets if path[1] in domains))


def check_days(webserver: Webserver, job: AssetJob, start: date, end: date) -> None:
    """Raise DayError for days that are no partitions, before a run is started."""
    if end < start:
        raise DayError(f"The range ends on {end}, before it starts on {start}.")
    days = webserver.days(job.assets[0])
    for day in (start, end):
        if day.isoformat() not in days:
            possible = f"{days[0]} to {days[-1]}" if days else "none yet"
            raise DayError(f"{day} is not a partition; possible days: {possible}.")
