"""Files in any S3-compatible storage (extra ``[s3]``: boto3)."""

import datetime as dt
import secrets
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from app.gateways.storage.protocol import (
    AlreadyStored,
    Kept,
    NotStored,
    StorageDown,
    checked_key,
)

_TAKEN = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})
_ABSENT = frozenset({"NoSuchKey", "NotFound", "404"})


class S3Storage:
    """Keeps each key as one object of ``bucket`` below ``prefix``.

    Creating is conditional (``If-None-Match: *``), so two writers never replace each other.
    Credentials come from boto3's own chain unless they are given.
    """

    def __init__(
        self,
        bucket: str,
        *,
        prefix: str = "",
        endpoint: str | None = None,
        region: str | None = None,
        access_key: str | None = None,
        secret_key: str | None = None,
        seconds: float = 10.0,
    ) -> None:
        import boto3
        from botocore.config import Config

        self._bucket = bucket
        self._prefix = prefix
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            config=Config(
                connect_timeout=seconds,
                read_timeout=seconds,
                retries={"total_max_attempts": 1, "mode": "standard"},
            ),
        )

    def put(self, key: str, data: bytes) -> None:
        """Write an object that is not there yet."""
        self._ask("put_object", key, Body=data, IfNoneMatch="*")

    def get(self, key: str) -> bytes:
        """Read an object."""
        return self._read(key)

    def replace(self, key: str, data: bytes) -> None:
        """Write an object over the one that is there."""
        self._ask("put_object", key, Body=data)

    def begins(self, key: str, count: int) -> bytes:
        """Read the first bytes of an object."""
        return self._read(key, Range=f"bytes=0-{count - 1}")

    def kept(self, prefix: str = "") -> Iterator[Kept]:
        """List the objects, page by page."""
        from botocore.exceptions import BotoCoreError, ClientError

        below = self._prefix + (checked_key(prefix.rstrip("/")) + "/" if prefix else "")
        pages = self._client.get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=self._bucket, Prefix=below):
                for one in page.get("Contents", ()):
                    yield Kept(one["Key"].removeprefix(self._prefix), one["LastModified"])
        except (BotoCoreError, ClientError) as fault:
            raise StorageDown("storage", type(fault).__name__) from fault

    def tidy(self, _before: dt.datetime, /) -> int:
        """Remove nothing: an object appears whole or not at all."""
        return 0

    def delete(self, key: str) -> None:
        """Remove an object."""
        self._ask("delete_object", key)

    def exists(self, key: str) -> bool:
        """Ask for the object's head."""
        try:
            self._ask("head_object", key)
        except NotStored:
            return False
        return True

    def healthy(self) -> bool:
        """Write, read and remove a small object."""
        key = f"health-{secrets.token_hex(8)}"
        try:
            self.put(key, b"ok")
            return self.get(key) == b"ok"
        except (StorageDown, AlreadyStored, NotStored):
            return False
        finally:
            with suppress(StorageDown):
                self.delete(key)

    def _read(self, key: str, **more: Any) -> bytes:
        from botocore.exceptions import BotoCoreError

        try:
            body: bytes = self._ask("get_object", key, **more)["Body"].read()
        except (BotoCoreError, OSError) as fault:
            raise StorageDown("storage", type(fault).__name__) from fault
        return body

    def _ask(self, call: str, key: str, **more: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        name = self._prefix + checked_key(key)
        try:
            return getattr(self._client, call)(Bucket=self._bucket, Key=name, **more)
        except ClientError as fault:
            code = str(fault.response.get("Error", {}).get("Code", ""))
            if code in _TAKEN:
                raise AlreadyStored(key) from None
            if code in _ABSENT:
                raise NotStored(key) from None
            raise StorageDown("storage", code) from fault
        except BotoCoreError as fault:
            raise StorageDown("storage", type(fault).__name__) from fault
