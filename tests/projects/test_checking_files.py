import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from projects.models.attachments import evidence_storage
from tests.projects.test_attaching import attach

pytestmark = pytest.mark.django_db


def test_files_that_are_gone_or_changed_are_named(world, capsys):
    whole, gone, changed = attach(world, "a.jpg", "b.jpg", "c.jpg")
    call_command("check_files")
    assert "All photos and files are there" in capsys.readouterr().out
    evidence_storage().delete(gone.file.name)
    evidence_storage().delete(changed.file.name)
    evidence_storage().save(changed.file.name, ContentFile(b"another"))
    with pytest.raises(CommandError, match="not whole: 2"):
        call_command("check_files")
    said = capsys.readouterr().out
    assert f"file {gone.pk} at {gone.file.name}: its bytes are missing" in said
    assert f"file {changed.pk} at {changed.file.name}: its bytes are not those" in said
    assert whole.file.name not in said
    assert "b.jpg" not in said, "names of files may tell something; the number is enough"


def test_a_store_that_does_not_answer_is_said_so(world, settings, tmp_path):
    [file] = attach(world)
    (tmp_path / "file").touch()
    settings.STORAGES = settings.STORAGES | {
        "evidence": {**settings.STORAGES["evidence"], "OPTIONS": {"location": str(tmp_path / "file")}}
    }
    with pytest.raises(CommandError, match="does not answer"):
        call_command("check_files")
