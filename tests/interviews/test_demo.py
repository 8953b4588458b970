import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from interviews import deidentifying
from interviews.matrix import matrix_of, recruitment_of
from interviews.models import Coding, Study, Summary, Transcript

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counties")]


@pytest.fixture(autouse=True)
def demo_is_asked_for(settings):
    settings.DEMO = True


def test_the_demos_study_has_the_shape_of_the_papers(sign_in):
    call_command("load_roadmap", verbosity=0)
    with pytest.raises(CommandError, match="Make that first"):
        call_command("demo_study")
    call_command("demo", verbosity=0)
    call_command("demo_study", verbosity=0)
    study = Study.objects.get()
    assert study.interviews.held().count() == 28
    places = dict(recruitment_of(study).places)
    assert len(places) == 7  # six projects, and the State
    assert sum(cell.heard for cells in places.values() for cell in cells) == 28
    assert {cell.group for cells in places.values() for cell in cells if cell.heard} == {
        "pi",
        "staff",
        "partner",
        "state",
    }
    assert matrix_of(study.guides.get()).filled > 110
    assert study.codes.in_use().count() > 60
    assert Coding.objects.there().values("coder").distinct().count() == 2
    assert Coding.objects.there().count() > 50
    later, first = study.agreement_rounds.all()
    assert 0 < first.result["overall"]["alpha"] < later.result["overall"]["alpha"] < 1
    assert (later.transcripts.count(), later.share, later.pool) == (6, 40, 14)
    assert 1 < later.settlements.count() < 12
    cleared = Transcript.objects.filter(cleared_at__isnull=False)
    assert (Transcript.objects.count(), cleared.count()) == (20, 18)
    assert not any(found.sure for one in cleared for found in deidentifying.suggestions(one, study))
    refused = Summary.objects.filter(interview__participant__consents__scope="no_quotes").exclude(quote="")
    assert not refused.exists()
    rows = study.framework_cells.exclude(text="")
    assert (rows.exclude(participant=None).count(), rows.exclude(site=None).count()) == (14, 3)
    with pytest.raises(CommandError, match="a study in the demo already"):
        call_command("demo_study")
    client = sign_in(User.objects.get(email="researcher@demo.example"))
    assert "Everything in this study is made up" in client.get(f"/studies/{study.slug}/").content.decode()


def test_a_real_program_gets_no_made_up_study(world):
    with pytest.raises(CommandError, match="the demo's program only"):
        call_command("demo_study")
