"""Sealed files in an S3 bucket, at Amazon or at any service that speaks S3.

They are read in ranges: a player that seeks gets its part, and no file is ever held in memory as a whole.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from django.core.files.storage import Storage
from storages.backends.s3 import S3Storage

from evidence.errors import StorageUnreachable
from evidence.safe.storage import CONTENT_NAME

READ_AHEAD = 1024 * 1024
PART_BYTES = 5 * 1024 * 1024  # the least that Amazon takes
PARTS_AT_ONCE = 2
NOT_THERE = {"404", "NoSuchKey", "NotFound"}


class Bucket(S3Storage):  # type: ignore[misc]
    """All of a file or nothing: the service shows an object only when its last part has arrived.

    Without `endpoint` it is Amazon's; without `key` and `secret` the library looks for them in its own places. `style`
    is path, virtual or auto. Raises StorageUnreachable where the service does not answer or answers with an error,
    FileNotFoundError for what is not there.
    """

    def __init__(
        self,
        *,
        bucket: str,
        endpoint: str = "",
        region: str = "",
        key: str = "",
        secret: str = "",
        style: str = "",
    ) -> None:
        super().__init__(
            bucket_name=bucket,
            endpoint_url=endpoint or None,
            region_name=region or None,
            access_key=key or None,
            secret_key=secret or None,
            transfer_config=_in_few_parts(),
            client_config=Config(
                connect_timeout=5,
                read_timeout=30,
                retries={"max_attempts": 3, "mode": "standard"},
                s3={"addressing_style": style or "auto"},
                signature_version="s3v4",
                # many services that speak S3 know no checksum but the signature's own
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name itself where it stands for the content; else a free one."""
        if CONTENT_NAME.fullmatch(name):
            return name
        return Storage.get_available_name(self, name, max_length)  # past the library's, which overwrites

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        size = content.size
        with _answers():
            saved = str(super()._save(name, content))
            if self._length(saved) != size:
                self.delete(saved)
                raise StorageUnreachable(f"{saved} did not arrive whole")
        return saved

    def _open(self, name: str, mode: str = "rb") -> File:  # type: ignore[type-arg]
        if mode != "rb":
            raise ValueError("sealed files are only read")
        client = self.connection.meta.client
        stream = Ranges(client, self.bucket_name, self._key(name), self._length(name))
        return File(io.BufferedReader(stream, READ_AHEAD), name)

    def delete(self, name: str) -> None:
        """Delete it; what is not there is deleted already."""
        with _answers():
            super().delete(name)

    def exists(self, name: str) -> bool:
        """Whether it is there."""
        with _answers():
            return bool(super().exists(name))

    def listed(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """The names below a folder of the first level (`ab`) with their last change."""
        with _answers():
            for found in self.bucket.objects.filter(Prefix=self._key(prefix) + "/"):
                yield found.key.removeprefix(self._key("")), found.last_modified

    def _length(self, name: str) -> int:
        with _answers():
            client = self.connection.meta.client
            return int(client.head_object(Bucket=self.bucket_name, Key=self._key(name))["ContentLength"])

    def _key(self, name: str) -> str:
        place = self.location.strip("/")
        return f"{place}/{name}" if place else name


def _in_few_parts() -> TransferConfig:
    """Large files go in parts, of which only so many are in memory."""
    config = TransferConfig(multipart_chunksize=PART_BYTES, max_concurrency=PARTS_AT_ONCE)
    config.max_in_memory_upload_chunks = PARTS_AT_ONCE
    return config


class Ranges(io.RawIOBase):
    """An object as a readable, seekable stream: each read asks for just its range."""

    def __init__(self, client: Any, bucket: str, key: str, size: int) -> None:
        super().__init__()
        self._client, self._bucket, self._key, self._size = client, bucket, key, size
        self._position = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; nothing is fetched."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def tell(self) -> int:
        """The place."""
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fetch as much as fits."""
        end = min(self._position + len(buffer), self._size)
        if self._position >= end:
            return 0
        with _answers():
            answer = self._client.get_object(
                Bucket=self._bucket, Key=self._key, Range=f"bytes={self._position}-{end - 1}"
            )
            piece = answer["Body"].read()
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)


@contextmanager
def _answers() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if str(error.response.get("Error", {}).get("Code")) in NOT_THERE and error.operation_name in {
            "HeadObject",
            "GetObject",
        }:
            raise FileNotFoundError(str(error)) from error
        raise StorageUnreachable(str(error)) from error
    except (BotoCoreError, Boto3Error) as error:
        raise StorageUnreachable(str(error)) from error
