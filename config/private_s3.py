"""Files in a bucket of an S3-compatible store, reached by Milepost only: nobody else is ever given an address.

Loaded only where EVIDENCE_S3_BUCKET is set, for boto3 takes a while and much memory.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

IN_MEMORY = 1024 * 1024
ONE_REQUEST = 16 * 1024 * 1024  # more than a file may have, so that none is sent in parts of which some stay behind


class StoreUnreachable(OSError):
    """The store does not answer, or refuses."""


@contextmanager
def told_as_os_error() -> Iterator[None]:
    """Raise what any storage may raise, so that nobody above must know of S3."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            raise FileNotFoundError(str(error)) from error
        raise StoreUnreachable(str(error)) from error
    except BotoCoreError as error:
        raise StoreUnreachable(str(error)) from error


class PrivateS3Storage(S3Storage):
    """A bucket whose objects are private."""

    def __init__(self, **options: Any) -> None:
        """Take options of django-storages. A request that gets no answer ends within half a minute."""
        client = Config(
            signature_version="s3v4",
            s3={"addressing_style": "path" if options.get("endpoint_url") else "auto"},
            connect_timeout=3,
            read_timeout=10,
            retries={"mode": "standard", "total_max_attempts": 2},
            # Newer checksums are refused by stores that are not Amazon's.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        sending = TransferConfig(use_threads=False, multipart_threshold=ONE_REQUEST)
        super().__init__(**options, client_config=client, transfer_config=sending, default_acl=None)

    def _open(self, name: str, mode: str = "rb") -> File:
        """Fetch the whole object, so that a failure comes before the first byte is handed out."""
        key = self._normalize_name(clean_name(name))
        with ExitStack() as on_failure, told_as_os_error():
            content = on_failure.enter_context(tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))
            with closing(self.connection.Object(self.bucket_name, key).get()["Body"]) as body:
                shutil.copyfileobj(body, content)
            content.seek(0)
            on_failure.pop_all()
        return File(content, name)

    def _save(self, name: str, content: File) -> str:
        with told_as_os_error():
            return super()._save(name, content)

    def delete(self, name: str) -> None:
        with told_as_os_error():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with told_as_os_error():
            return super().exists(name)

    def url(self, name: str, *args: Any, **options: Any) -> str:
        raise ValueError("Files of plans have no address: they are handed out by a page that asks who it is.")
