"""Comparing the bytes that are stored with what their rows say: after a backup was restored, or a bucket changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

from django.core.files.storage import Storage

from projects.models import Attachment
from projects.models.attachments import evidence_storage


class Wrong(NamedTuple):
    """A file whose bytes are not there, or are not those that were kept."""

    file: Attachment
    missing: bool

    def __str__(self) -> str:
        what = "its bytes are missing" if self.missing else "its bytes are not those that were kept"
        return f"{self.file.plan} (plan {self.file.plan_id}), file {self.file.pk} at {self.file.file.name}: {what}"


def wrong_files() -> Iterator[Wrong]:
    """Yield every file that is not whole, those that wait to be destroyed among them. Raises OSError: no answer."""
    storage = evidence_storage()
    there = Attachment.objects.filter(destroyed_at__isnull=True).select_related("plan__site", "plan__project")
    for file in there.order_by("pk").iterator(chunk_size=500):
        found = checksum(storage, str(file.file))
        if found != file.sha256:
            yield Wrong(file, missing=found is None)


def checksum(storage: Storage, path: str) -> str | None:
    """Return the SHA-256 of what lies there, None where nothing does."""
    try:
        with storage.open(path, "rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except FileNotFoundError:
        return None
