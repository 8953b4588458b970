"""Photos and files in a store that speaks S3 over HTTP, as they are in one that a real installation names."""

import datetime as dt
import urllib.error
import urllib.request

import boto3
import environ
import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from config import evidence
from projects import attaching
from projects.models import Attachment, Note
from tests import servers
from tests.projects.attached import pdf_of, picture_of

pytestmark = pytest.mark.django_db
BUCKET, PREFIX = "milepost-files", "clinics"


class Environment(environ.Env):
    """An environment of the test's own."""

    def __init__(self, **said):
        super().__init__()
        self.ENVIRON = {f"EVIDENCE_S3_{name}": value for name, value in said.items()}


@pytest.fixture
def kept_in(settings, monkeypatch):
    """Give a function that keeps evidence where the variables say from now on."""

    def use(**said):
        keys = {"ACCESS_KEY": "milepost", "SECRET_KEY": "for-tests-only", "REGION": "us-east-1"}
        settings.STORAGES = settings.STORAGES | {"evidence": evidence.storage_of(Environment(**keys, **said), None)}
        monkeypatch.setattr(Attachment._meta.get_field("file"), "storage", storages["evidence"])

    return use


@pytest.fixture
def bucket(kept_in):
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "us-east-1"}
    bucket = boto3.resource("s3", endpoint_url=servers.s3_url(), **keys).Bucket(BUCKET)
    bucket.create()
    bucket.objects.delete()
    kept_in(BUCKET=BUCKET, ENDPOINT=servers.s3_url(), PREFIX=f"{PREFIX}/")
    return bucket


def upload(client, world, name="a.pdf", data=None, **more):
    file = SimpleUploadedFile(name, pdf_of() if data is None else data)
    return client.post(world.plan.url("file_add"), {"files": [file], "step": "leaders", **more})


def keys(bucket):
    return [one.key for one in bucket.objects.all()]


def opened(world, file):
    return world.plan.url("file_download", pk=file.pk)


def test_a_file_goes_to_the_bucket_and_comes_back_through_milepost_to_those_who_may(world, sign_in, bucket):
    upload(sign_in(world.bo), world, "IMG_1.HEIC", picture_of("HEIF"))
    photo = Attachment.objects.get()
    assert keys(bucket) == [f"{PREFIX}/{photo.file.name}"]
    answer = sign_in(world.ana).get(opened(world, photo))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="IMG_1.jpg"'
    assert answer.headers["Content-Length"] == str(photo.size)
    assert b"".join(answer.streaming_content) == bucket.Object(keys(bucket)[0]).get()["Body"].read()
    assert sign_in(world.dee).get(opened(world, photo)).status_code == 404


def test_nobody_is_given_an_address_of_the_store_nor_let_in_without_a_key(world, sign_in, bucket):
    client = sign_in(world.bo)
    upload(client, world)
    [key] = keys(bucket)
    assert servers.s3_url() not in client.get(world.plan.url("plan_step", step="leaders")).content.decode()
    with pytest.raises(ValueError, match="no address"):
        Attachment.objects.get().file.url  # noqa: B018 - asking for it is the point
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{servers.s3_url()}/{BUCKET}/{key}")
    assert refused.value.code == 403
    refused.value.close()


def test_the_largest_file_comes_back_whole(world, sign_in, bucket):
    client, data = sign_in(world.bo), b"a line of text\n" * 1_000_000
    upload(client, world, "large.txt", data)
    assert client.get(opened(world, Attachment.objects.get())).getvalue() == data


def test_files_in_a_bucket_are_checked_too(world, sign_in, bucket, capsys):
    upload(sign_in(world.bo), world)
    call_command("check_files")
    bucket.objects.delete()
    with pytest.raises(CommandError, match="not whole: 1"):
        call_command("check_files")


def test_what_was_removed_30_days_ago_leaves_the_bucket(world, sign_in, bucket):
    upload(sign_in(world.bo), world)
    attaching.remove(world.plan, Attachment.objects.get().pk, by=world.bo, now=world.now)
    assert attaching.destroy_removed(now=world.now + dt.timedelta(days=30)) == 1
    assert keys(bucket) == []


def test_what_is_refused_leaves_nothing_in_the_bucket(world, sign_in, bucket, settings):
    settings.EVIDENCE_PROGRAM_MB = 0
    assert upload(sign_in(world.bo), world).status_code == 422
    assert keys(bucket) == []


def test_a_file_that_is_gone_from_the_bucket_is_not_found(world, sign_in, bucket):
    client = sign_in(world.bo)
    upload(client, world)
    bucket.objects.delete()
    assert client.get(opened(world, Attachment.objects.get())).status_code == 404


def test_a_store_that_does_not_answer_is_said_in_words_and_nothing_is_kept(world, sign_in, bucket, kept_in):
    client = sign_in(world.bo)
    upload(client, world)
    kept_in(BUCKET=BUCKET, ENDPOINT="http://127.0.0.1:9")
    answer = upload(client, world)
    assert answer.status_code == 422
    assert "cannot be kept at this moment" in answer.content.decode()
    said = {"text": "Hello", "files": [SimpleUploadedFile("a.pdf", pdf_of())]}
    assert client.post(world.plan.url("note_write"), said).status_code == 422
    assert (Attachment.objects.count(), Note.objects.count()) == (1, 0)
    answer = client.get(opened(world, Attachment.objects.get()))
    assert answer.status_code == 503
    assert "does not answer" in answer.content.decode()


def test_a_bucket_that_is_not_there_is_no_missing_file(world, sign_in, bucket, kept_in):
    client = sign_in(world.bo)
    upload(client, world)
    kept_in(BUCKET="another-bucket", ENDPOINT=servers.s3_url())
    assert client.get(opened(world, Attachment.objects.get())).status_code == 503


def test_bytes_that_cannot_be_destroyed_now_are_destroyed_later(world, sign_in, bucket, kept_in):
    upload(sign_in(world.bo), world)
    attaching.remove(world.plan, Attachment.objects.get().pk, by=world.bo, now=world.now)
    later = world.now + dt.timedelta(days=30)
    kept_in(BUCKET=BUCKET, ENDPOINT="http://127.0.0.1:9")
    with pytest.raises(OSError, match="Could not connect"):
        attaching.destroy_removed(now=later)
    kept_in(BUCKET=BUCKET, ENDPOINT=servers.s3_url(), PREFIX=PREFIX)
    assert attaching.destroy_removed(now=later) == 1
    assert keys(bucket) == []
