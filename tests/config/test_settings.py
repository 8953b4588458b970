"""The settings are read from the environment in a process of their own, as an operator's start would."""

import os
import subprocess
import sys

import pytest

from tests.running import OURS, ROOT

REAL = {"DATABASE_URL": "postgres://milepost@db/milepost", "SECRET_KEY": "s" * 60, "ALLOWED_HOSTS": "milepost.example"}


def read(expression, tmp_path, **variables):
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.run(
        [sys.executable, "-c", f"from config import settings; print({expression})"],
        cwd=ROOT,
        env=environment | {"VAR_DIR": str(tmp_path)} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_set_means_embedded_with_demo_data_and_a_secret_of_its_own(tmp_path):
    first = read("settings.EMBEDDED, settings.DEMO, settings.DEBUG, settings.SECRET_KEY", tmp_path)
    again = read("settings.EMBEDDED, settings.DEMO, settings.DEBUG, settings.SECRET_KEY", tmp_path)
    assert first.stdout.startswith("True True False ")
    assert first.stdout == again.stdout
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_a_real_database_without_what_it_needs_stops_with_a_hint(tmp_path, missing):
    answer = read("1", tmp_path, **{name: value for name, value in REAL.items() if name != missing})
    assert answer.returncode != 0
    assert f"DATABASE_URL is set, so {missing} must be set too" in answer.stderr


def test_a_real_installation_has_no_demo_data_unless_asked_for(tmp_path):
    assert read("settings.DEMO", tmp_path, **REAL).stdout.strip() == "False"
    assert read("settings.DEMO", tmp_path, DEMO="on", **REAL).stdout.strip() == "True"


def test_an_https_address_turns_on_what_keeps_it_https(tmp_path):
    asked = "settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_HSTS_SECONDS > 0"
    assert read(asked, tmp_path, BASE_URL="https://milepost.example", **REAL).stdout.strip() == "True True True"
    assert read(asked, tmp_path, **REAL).stdout.strip() == "False False False"


def test_links_in_mail_follow_the_port(tmp_path):
    assert read("settings.BASE_URL", tmp_path, PORT="8123").stdout.strip() == "http://127.0.0.1:8123"


def test_mail_goes_to_files_until_a_server_is_named(tmp_path):
    backend = "settings.EMAIL_BACKEND.split('.')[-2]"
    assert read(backend, tmp_path).stdout.strip() == "filebased"
    named = read(f"{backend}, settings.EMAIL_HOST", tmp_path, EMAIL_URL="smtp://mail.example:25")
    assert named.stdout.strip() == "smtp mail.example"


EVIDENCE = "settings.STORAGES['evidence']['BACKEND'].split('.')[-1]"


def test_photos_and_files_lie_in_a_folder_until_a_bucket_is_named(tmp_path):
    assert read(EVIDENCE, tmp_path).stdout.strip() == "FileSystemStorage"
    named = read(EVIDENCE, tmp_path, EVIDENCE_S3_BUCKET="files")
    assert named.stdout.strip() == "PrivateS3Storage"


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ({"EVIDENCE_S3_ENDPOINT": "https://s3.example"}, "EVIDENCE_S3_BUCKET must be too"),
        ({"EVIDENCE_S3_BUCKET": "files", "EVIDENCE_S3_ACCESS_KEY": "x"}, "are set together, or neither"),
    ],
)
def test_half_a_bucket_stops_with_a_hint(tmp_path, said, hint):
    answer = read("1", tmp_path, **said)
    assert answer.returncode != 0
    assert hint in answer.stderr
