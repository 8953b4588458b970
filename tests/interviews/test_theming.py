import pytest
from django.core.exceptions import ValidationError

from accounts.models import Activity
from interviews import codebook, coding, concluding, memos, studying, theming
from interviews.models import Theme

pytestmark = pytest.mark.django_db


@pytest.fixture
def theme(study, by):
    return theming.begin_theme(study, name="Time is short", meaning="Nobody has an hour.", **by)


def test_begin_theme_puts_it_last_and_records_it(study, theme, by):
    second = theming.begin_theme(study, name="Somebody helps", **by)
    assert list(study.themes.all()) == [theme, second]
    assert Activity.objects.filter(verb="theme_begun").count() == 2


@pytest.mark.parametrize("name", ["", "  ", "time IS short"])
def test_begin_theme_refuses_a_name_that_is_empty_or_taken(study, theme, by, name):
    with pytest.raises(ValidationError):
        theming.begin_theme(study, name=name, **by)


def test_change_theme_refuses_what_somebody_else_changed_meanwhile(world, theme, by):
    theming.change_theme(theme, name="Time is very short", meaning="", revision=1, **by)
    with pytest.raises(ValidationError) as refused:
        theming.change_theme(theme, name="Hours are short", meaning="", revision=1, by=world.bo, now=world.now)
    assert refused.value.code == "stale"
    assert Theme.objects.get().name == "Time is very short"


def test_change_theme_to_the_same_words_changes_nothing(theme, by):
    assert theming.change_theme(theme, name="Time is short", revision=9, **by).revision == 1
    assert not Activity.objects.filter(verb="theme_changed").exists()


def test_gather_takes_codes_and_single_passages_once(theme, codes, coded, by):
    assert theming.gather(theme, codes=[codes["Time"].pk], codings=[coded[2].pk], **by) == 2
    assert theming.gather(theme, codes=[codes["Time"].pk], codings=[coded[2].pk], **by) == 0
    assert set(theming.codings_of(theme)) == set(coded)
    assert theming.let_go(theme, codes=[codes["Time"].pk], **by) == 1
    assert set(theming.codings_of(theme)) == {coded[2]}


def test_gather_leaves_out_what_is_elsewhere_retired_or_taken_away(world, theme, codes, coded, by):
    other = studying.begin_study(world.program, name="Another", aim="To ask.", **by)
    foreign = codebook.add_code(other, name="Foreign", **by)
    codebook.retire_code(codes["Helps"], **by)
    coding.take_away(coded[0].transcript, coded[0].pk, **by)
    assert theming.gather(theme, codes=[foreign.pk, codes["Helps"].pk], codings=[coded[0].pk], **by) == 0


def test_choose_codes_leaves_exactly_those(theme, codes, by):
    theming.choose_codes(theme, [codes["Time"].pk, codes["Space"].pk], **by)
    theming.choose_codes(theme, [codes["Space"].pk, codes["Helps"].pk], **by)
    assert set(theme.codes.all()) == {codes["Space"], codes["Helps"]}


def test_a_merged_code_takes_its_themes_along(theme, codes, coded, by):
    theming.gather(theme, codes=[codes["Time"].pk], **by)
    codebook.merge_codes(codes["Time"], codes["Space"], **by)
    assert list(theme.codes.all()) == [codes["Space"]]
    assert theming.codings_of(theme).count() == 2  # one of the three was coded with both


def test_a_coding_that_goes_in_a_merger_is_stood_in_for(study, theme, codes, coded, by):
    theming.gather(theme, codings=[coded[0].pk], **by)
    finding = concluding.state_finding(study, sentence="Time is short.", **by)
    concluding.rest_on(finding, codings=[coded[0].pk], **by)
    codebook.merge_codes(codes["Time"], codes["Space"], **by)
    assert list(theme.codings.all()) == [coded[2]]
    assert finding.evidence.there().get().coding == coded[2]


def test_remove_theme_refuses_while_it_holds_something(world, study, theme, codes, by):
    theming.gather(theme, codes=[codes["Time"].pk], **by)
    memos.write_memo(study, theme, text="Look at this again.", **by)
    finding = concluding.state_finding(study, sentence="Time is short.", theme=theme, **by)
    with pytest.raises(ValidationError, match="findings, codes, memos"):
        theming.remove_theme(theme, **by)
    theming.let_go(theme, codes=[codes["Time"].pk], **by)
    memos.write_memo(study, theme, text="", **by)
    concluding.remove_finding(finding, **by)
    theming.remove_theme(theme, **by)
    assert not Theme.objects.exists()
