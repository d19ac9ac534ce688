"""What steps write to stdout and stderr, kept in MinIO; named in `infra/dagster/dagster.yaml`.

While a run goes on, its output is a file in Dagster's home. At the end of the run the file is uploaded and
removed. When MinIO does not answer, the run's outcome does not change: its event log says that the upload
failed, and the file stays in the home, where the UI reads it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.session import get_session
from dagster import StringSource
from dagster_aws.s3 import S3ComputeLogManager

from shopflow_assets.dagster_internals import ConfigurableClassData

# By default boto3 tries five times and waits a minute each time, so a run could take minutes to end.
_IMPATIENT = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 2})


class MinioComputeLogManager(S3ComputeLogManager):
    """dagster-aws's manager with the keys of Dagster's MinIO user and an upload that gives up in seconds."""

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """Every setting is a text, or the name of an environment variable."""
        names = ("bucket", "endpoint_url", "region", "access_key", "secret_key", "dagster_home")
        return dict.fromkeys(names, StringSource)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "MinioComputeLogManager":
        """Called by Dagster with the configuration in dagster.yaml."""
        session = get_session()
        session.set_default_client_config(_IMPATIENT)
        # dagster-aws takes keys and timeouts from boto3's default session only.
        boto3.setup_default_session(
            botocore_session=session,
            aws_access_key_id=config_value["access_key"],
            aws_secret_access_key=config_value["secret_key"],
            region_name=config_value["region"],
        )
        try:
            return cls(
                config_value["bucket"],
                # Where Dagster keeps such files without this class, so that those of earlier runs are found.
                local_dir=str(Path(config_value["dagster_home"]) / "storage"),
                inst_data=inst_data,
                endpoint_url=config_value["endpoint_url"],
                region=config_value["region"],
            )
        finally:
            # Other clients of this process keep boto3's usual patience.
            boto3.setup_default_session()
