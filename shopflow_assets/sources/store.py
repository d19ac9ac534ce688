"""Objects of one bucket, through boto3; the only place of the pipeline that speaks S3 for bronze."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from shopflow_assets.errors import StoreError
from shopflow_assets.settings import Settings


@dataclass(frozen=True)
class StoredObject:
    """An object as a listing shows it; `modified_at` is UTC, in whole seconds."""

    key: str
    etag: str
    modified_at: datetime


@cache
def _client(settings: Settings) -> Any:
    """One for all buckets, so that connections are kept."""
    import boto3

    return boto3.client(
        "s3",
        endpoint_url=settings.s3_endpoint,
        region_name=settings.s3_region,
        aws_access_key_id=settings.dagster_s3_access_key.get_secret_value(),
        aws_secret_access_key=settings.dagster_s3_secret_key.get_secret_value(),
    )


@dataclass(frozen=True)
class ObjectStore:
    """A bucket, with the rights of the user that Dagster works as.

    Every method that reads or writes one object raises StoreError, which names it, when MinIO refuses.
    """

    settings: Settings
    bucket: str

    @property
    def client(self) -> Any:
        """The S3 client, made on first use: importing boto3 costs half a second at every start of a run."""
        return _client(self.settings)

    def objects(self, prefix: str) -> Iterator[StoredObject]:
        """What lies under a prefix, in order of the keys; a request per thousand."""
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            for entry in page.get("Contents", []):
                yield StoredObject(entry["Key"], entry["ETag"], entry["LastModified"])

    def notes(self, key: str) -> Mapping[str, str]:
        """What whoever put the object noted beside it (S3's user metadata, names in lower case)."""
        with self._named(key):
            return self.client.head_object(Bucket=self.bucket, Key=key)["Metadata"]

    def get(self, key: str) -> tuple[bytes, str] | None:
        """An object's bytes and its ETag, or None when there is none."""
        with self._named(key):
            try:
                found = self.client.get_object(Bucket=self.bucket, Key=key)
                return found["Body"].read(), found["ETag"]
            except self.client.exceptions.NoSuchKey:
                return None

    def replace(self, key: str, etag: str | None, body: bytes) -> None:
        """Store an object whole in place of the one with this ETag, or where there is none (None).

        Readers see the old one or the new one. Raises StoreError too when somebody else has stored one since.
        """
        condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
        with self._named(key):
            self.client.put_object(Bucket=self.bucket, Key=key, Body=body, **condition)

    def download(self, key: str, path: Path) -> None:
        """Copy an object to a file, in pieces."""
        with self._named(key):
            self.client.download_file(self.bucket, key, str(path))

    def upload(self, key: str, path: Path) -> None:
        """Copy a file to an object, in pieces; it appears only when it is whole."""
        with self._named(key):
            self.client.upload_file(str(path), self.bucket, key)

    @contextmanager
    def _named(self, key: str) -> Generator[None]:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import ClientError

        try:
            yield
        except (Boto3Error, ClientError) as error:
            raise StoreError(f"s3://{self.bucket}/{key}: {error}") from error
