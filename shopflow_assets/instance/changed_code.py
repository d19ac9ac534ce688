"""When the code was changed: what Dagster has loaded may be older."""

from pathlib import Path

_CHECKOUT = Path(__file__).parents[2]


def changed_at(manifest: Path) -> float:
    """When the code of the assets, or dbt's manifest, was last changed (Unix seconds)."""
    files = [file for room in ("shopflow_assets", "spark_jobs") for file in (_CHECKOUT / room).rglob("*.py")]
    return max(file.stat().st_mtime for file in [*files, manifest])
