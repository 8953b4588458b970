"""Static files as a real installation has them: collected, under names with hashes."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.core.management import call_command
from django.test import override_settings

from config.settings import STORAGES as REAL
from config.views.errors import server_error

STATIC = settings.BASE_DIR / "static"
TAKEN_IN = re.compile(r'from "\./([^"]+)"')


@pytest.fixture
def collected(tmp_path):
    """The folder of collected files, and the manifest's names by the plain ones."""
    with override_settings(STATIC_ROOT=str(tmp_path), STORAGES=REAL):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield tmp_path, storages["staticfiles"].hashed_files


def test_scripts_take_in_each_other_by_names_that_are_there(collected):
    folder, names = collected
    plain = [path.name for path in (STATIC / "js").glob("*.js") if "import" in path.read_text()]
    taken_in = [name for one in plain for name in TAKEN_IN.findall((folder / names[f"js/{one}"]).read_text())]
    assert taken_in
    assert set(taken_in) <= {path.name for path in (folder / "js").iterdir()}
    assert not {f"js/{name}" for name in taken_in} & set(names)


def test_every_file_of_ours_is_collected_under_a_name_with_its_hash(collected):
    folder, names = collected
    ours = {
        str(path.relative_to(settings.BASE_DIR / "static")) for path in (settings.BASE_DIR / "static").rglob("*.js")
    }
    assert ours <= set(names)
    assert all((folder / names[name]).exists() and names[name] != name for name in ours)


def test_the_page_for_our_own_fault_asks_for_files_that_are_there(collected):
    asked = re.findall(r'(?:href|src)="/static/([^"]+)"', server_error(None).content.decode())
    assert {f"{name.partition('.')[0]}{Path(name).suffix}" for name in asked} == {
        "milepost.svg",
        "vendor/bootstrap/bootstrap.css",
        "milepost.css",
        "js/keep-typed.js",
    }
    assert all((collected[0] / name).exists() for name in asked)


def test_the_page_for_our_own_fault_is_shown_where_no_file_was_collected(tmp_path):
    with override_settings(STATIC_ROOT=str(tmp_path), STORAGES=REAL):
        assert 'href="/static/milepost.css"' in server_error(None).content.decode()


def test_an_address_is_worked_out_once(collected, monkeypatch):
    storage = storages["staticfiles"]
    first = storage.url("milepost.css")
    assert first.endswith(collected[1]["milepost.css"])
    monkeypatch.setattr(storage, "hashed_files", {})
    assert storage.url("milepost.css") == first
    with pytest.raises(ValueError, match="nowhere.css"):
        storage.url("nowhere.css")
