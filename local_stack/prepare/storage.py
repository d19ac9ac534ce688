"""MinIO's buckets, and one user per engine with the rights in `infra/minio/policies/`."""

from local_stack.home import INFRA
from local_stack.settings import Settings

BUCKETS = ("inbox", "datalake", "warehouse", "logs")


def prepare(settings: Settings) -> None:
    """Create what is missing, and write users and policies again: so a changed policy takes effect."""
    address = f"{settings.minio_host}:{settings.minio_port}"
    owner = (settings.minio_root_user, settings.minio_root_password.get_secret_value())
    _create_buckets(address, owner)
    _write_users(address, owner, settings)


def _create_buckets(address: str, owner: tuple[str, str]) -> None:
    from minio import Minio

    client = Minio(endpoint=address, access_key=owner[0], secret_key=owner[1], secure=False)
    existing = {bucket.name for bucket in client.list_buckets()}
    for bucket in BUCKETS:
        if bucket not in existing:
            client.make_bucket(bucket)


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
