"""The tags by which Dagster knows the days of a run over a range; its own names for them are private."""

RANGE_START, RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
