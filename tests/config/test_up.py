import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from config import preparing
from config.management.commands import up


@pytest.mark.parametrize("bind", ["8000", "127.0.0.1:", ":8000", "127.0.0.1:eighty", "127.0.0.1:70000"])
def test_a_bind_that_is_none_is_refused_with_an_example(bind):
    with pytest.raises(CommandError, match=r"expected HOST:PORT, for example 127\.0\.0\.1:8000"):
        call_command("up", bind=bind)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "milepost.example", "[::]"])
def test_demo_data_is_never_served_to_other_machines(settings, host):
    settings.DEMO = True
    with pytest.raises(CommandError, match=r"only served on 127\.0\.0\.1"):
        call_command("up", bind=f"{host}:8000")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_this_machine_is_known_by_its_names(host):
    assert up.is_loopback(host)


def test_static_files_are_collected_once_and_again_when_one_changed(settings, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "site.css").write_text("a {}")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    said = []
    preparing.collect_static_files(said.append)
    preparing.collect_static_files(said.append)
    assert said == ["Collecting the static files …"]
    (source / "site.css").write_text("a { color: red }")
    preparing.collect_static_files(said.append)
    assert len(said) == 2
    assert (settings.STATIC_ROOT / "site.css").read_text() == "a { color: red }"
