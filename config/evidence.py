"""Where photos and files of plans lie: a folder, or a bucket of an S3-compatible store as soon as one is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

VARIABLES = ("ENDPOINT", "REGION", "PREFIX", "ACCESS_KEY", "SECRET_KEY")


def storage_of(env: environ.Env, folder: Path) -> dict[str, Any]:
    """Return the entry of STORAGES that the environment asks for: never with an address of its own.

    Raises ImproperlyConfigured with a hint where the variables of a bucket do not go together.
    """
    bucket = env.str("EVIDENCE_S3_BUCKET", default="")
    said = {name: env.str(f"EVIDENCE_S3_{name}", default="") for name in VARIABLES}
    if bucket:
        return in_bucket(bucket, **{name.lower(): value for name, value in said.items()})
    if any(said.values()):
        raise ImproperlyConfigured(
            f"EVIDENCE_S3_{next(name for name in VARIABLES if said[name])} is set, so EVIDENCE_S3_BUCKET must be too."
        )
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": env.str("EVIDENCE_DIR", default=str(folder)),
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }


def in_bucket(
    bucket: str, *, endpoint: str, region: str, prefix: str, access_key: str, secret_key: str
) -> dict[str, Any]:
    """Return the entry for a bucket. Without keys the machine's own role or profile is asked for them."""
    if bool(access_key) != bool(secret_key):
        raise ImproperlyConfigured("EVIDENCE_S3_ACCESS_KEY and EVIDENCE_S3_SECRET_KEY are set together, or neither.")
    return {
        "BACKEND": "config.private_s3.PrivateS3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": endpoint or None,
            "region_name": region or None,
            "location": prefix.strip("/"),
            "access_key": access_key or None,
            "secret_key": secret_key or None,
        },
    }
