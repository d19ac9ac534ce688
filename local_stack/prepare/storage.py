"""MinIO's buckets, and one user per engine with the rights in `infra/minio/policies/`."""

from typing import TYPE_CHECKING

from local_stack.home import INFRA
from local_stack.settings import Settings

if TYPE_CHECKING:
    from minio.lifecycleconfig import Rule

BUCKETS = ("inbox", "datalake", "warehouse", "logs")
# As long as Dagster keeps the ticks of its schedules (infra/dagster/dagster.yaml).
DAYS_OF_LOGS = 30


def prepare(settings: Settings) -> None:
    """Create what is missing, and write users and policies again: so a changed policy takes effect."""
    address = f"{settings.minio_host}:{settings.minio_port}"
    owner = (settings.minio_root_user, settings.minio_root_password.get_secret_value())
    _create_buckets(address, owner)
    _write_users(address, owner, settings)


def _create_buckets(address: str, owner: tuple[str, str]) -> None:
    from minio import Minio
    from minio.lifecycleconfig import LifecycleConfig

    client = Minio(endpoint=address, access_key=owner[0], secret_key=owner[1], secure=False)
    existing = {bucket.name for bucket in client.list_buckets()}
    for bucket in BUCKETS:
        if bucket not in existing:
            client.make_bucket(bucket)
    client.set_bucket_lifecycle("logs", LifecycleConfig([_deleted_after(DAYS_OF_LOGS)]))


def _deleted_after(days: int) -> "Rule":
    from minio.commonconfig import ENABLED, Filter
    from minio.lifecycleconfig import Expiration, Rule

    return Rule(
        status=ENABLED, rule_id="old logs", rule_filter=Filter(prefix=""), expiration=Expiration(days=days)
    )


def _write_users(address: str, owner: tuple[str, str], settings: Settings) -> None:
    from minio import MinioAdmin
    from minio.credentials import StaticProvider

    admin = MinioAdmin(endpoint=address, credentials=StaticProvider(*owner), secure=False)
    users = {
        "dagster": (settings.dagster_s3_access_key, settings.dagster_s3_secret_key),
        "spark": (settings.spark_s3_access_key, settings.spark_s3_secret_key),
        "trino": (settings.trino_s3_access_key, settings.trino_s3_secret_key),
    }
    for engine, (access_key, secret_key) in users.items():
        admin.policy_add(engine, policy_file=INFRA / "minio" / "policies" / f"{engine}.json")
        admin.user_add(access_key, secret_key.get_secret_value())
        admin.policy_set(engine, user=access_key)
