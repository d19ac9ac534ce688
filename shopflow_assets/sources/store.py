"""Objects of one bucket, through boto3. All of the pipeline's S3 requests for bronze are made here."""

from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from os.path import commonpath
from pathlib import Path
from typing import Any

from shopflow_assets.errors import StoreError
from shopflow_assets.settings import Settings
from spark_jobs.shown_text import shown


@dataclass(frozen=True)
class StoredObject:
    """An object as a listing shows it; `modified_at` is UTC, in whole seconds."""

    key: str
    etag: str
    modified_at: datetime


@cache
def _client(settings: Settings) -> Any:
    """One client for all buckets, so that connections are reused.

    dagster-aws has an S3Resource. It would make a new client for every step, and the command looks for what
    is new without Dagster.
    """
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
    """A bucket, with the rights of Dagster's S3 user.

    Every method that reads or writes one object raises a StoreError that names it when MinIO refuses.
    """

    settings: Settings
    bucket: str

    @property
    def client(self) -> Any:
        """The S3 client, made on first use: the import of boto3 would add half a second to every start."""
        return _client(self.settings)

    def objects(self, prefix: str) -> Iterator[StoredObject]:
        """The objects under a prefix, in order of their keys; one request per thousand."""
        yield from self._listed(prefix)

    def objects_between(self, first: str, last: str) -> Iterator[StoredObject]:
        """The objects in two folders and in those between them, as `objects` does."""
        for stored in self._listed(f"{commonpath([first, last])}/", StartAfter=first):
            if stored.key > last and not stored.key.startswith(last):
                break
            yield stored

    def notes(self, key: str) -> Mapping[str, str]:
        """The object's user metadata; S3 has their names in lower case."""
        with self._named(key):
            return self.client.head_object(Bucket=self.bucket, Key=key)["Metadata"]

    def get(self, key: str) -> tuple[bytes, str] | None:
        """An object's bytes and its ETag, or None when there is none."""
        with self._named(key):
            try:
                response = self.client.get_object(Bucket=self.bucket, Key=key)
                return response["Body"].read(), response["ETag"]
            except self.client.exceptions.NoSuchKey:
                return None

    def replace(self, key: str, etag: str | None, body: bytes) -> str:
        """Replace the object that has this ETag, or create it (None: there is none yet).

        Returns its new ETag. Readers see the old object or the new one. Raises StoreError if another writer
        was faster.
        """
        from botocore.exceptions import ClientError

        condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
        with self._named(key):
            try:
                return self.client.put_object(Bucket=self.bucket, Key=key, Body=body, **condition)["ETag"]
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] not in (409, 412):
                    raise
                stored = self.get(key)
                if stored and stored[0] == body:
                    # The answer to an earlier try was lost, so the client has tried again.
                    return stored[1]
                raise StoreError(
                    f"s3://{self.bucket}/{shown(key)}: another landing was faster, so nothing of this one is"
                    " listed. Run the day again."
                ) from error

    def delete(self, keys: Collection[str]) -> None:
        """Delete objects, a thousand per request. One that is gone already is no error."""
        in_order = sorted(keys)
        for first in range(0, len(in_order), 1000):
            some = [{"Key": key} for key in in_order[first : first + 1000]]
            with self._named(in_order[first]):
                answer = self.client.delete_objects(
                    Bucket=self.bucket, Delete={"Objects": some, "Quiet": True}
                )
            for error in answer.get("Errors", []):
                raise StoreError(f"s3://{self.bucket}/{shown(error['Key'])}: {error['Message']}")

    def download(self, key: str, path: Path) -> None:
        """Copy an object to a file, in parts."""
        with self._named(key):
            self.client.download_file(self.bucket, key, str(path))

    def upload(self, key: str, path: Path) -> None:
        """Copy a file to an object, in parts; the object appears when it is complete."""
        with self._named(key):
            self.client.upload_file(str(path), self.bucket, key)

    def _listed(self, prefix: str, **more: str) -> Iterator[StoredObject]:
        pages = self.client.get_paginator("list_objects_v2")
        with self._named(prefix):
            for page in pages.paginate(Bucket=self.bucket, Prefix=prefix, **more):
                for entry in page.get("Contents", []):
                    yield StoredObject(entry["Key"], entry["ETag"], entry["LastModified"])

    @contextmanager
    def _named(self, key: str) -> Generator[None]:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except BotoCoreError as error:
            raise StoreError(
                f"MinIO does not answer. Is the stack up? See `shopflow status`. ({error})"
            ) from error
        except (Boto3Error, ClientError) as error:
            raise StoreError(f"s3://{self.bucket}/{shown(key)}: {error}") from error
