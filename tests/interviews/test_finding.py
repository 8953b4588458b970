import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.finding import Known, find, folded, of_person, of_place


def words(text, *known):
    return [(one.kind, one.words) for one in find(text, known)]


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("write to ana.b+x@clinic.example.org.", "email", "ana.b+x@clinic.example.org"),
        ("call 616-555-0142 or", "phone", "616-555-0142"),
        ("call (616) 555-0142, ext. 12 or", "phone", "(616) 555-0142, ext. 12"),
        ("call +1 616 555 0142", "phone", "+1 616 555 0142"),
        ("call 555-0142 now", "phone", "555-0142"),
        ("on 3/14/2025 we", "date", "3/14/2025"),
        ("on 2025-03-14 we", "date", "2025-03-14"),
        ("on March 14th, 2025, we", "date", "March 14th, 2025"),
        ("on 14 March we", "date", "14 March"),
        ("in March of 2025 we", "date", "March of 2025"),
        ("her SSN 078-05-1120 was", "number", "078-05-1120"),
        ("record number 44-1234 was", "number", "record number 44-1234"),
        ("the MRN: 0012345 was", "number", "MRN: 0012345"),
        ("number 12345678 was", "number", "12345678"),
        ("Dr. Malloy said", "person", "Dr. Malloy"),
        ("doctor Malloy said", "person", "doctor Malloy"),
        ("Ms. de la Cruz said", "person", "Ms. de la Cruz"),
        ("Dr. Álvarez said", "person", "Dr. Álvarez"),
        ("the 3rd of May. We", "date", "3rd of May"),
        ("on Jan. 5, 2025. We", "date", "Jan. 5, 2025"),
        ("on 5 Sept. 2025 we", "date", "5 Sept. 2025"),
        ("the 14th of March, 2025, we", "date", "14th of March, 2025"),
        ("on 14.03.2025 we", "date", "14.03.2025"),
        ("on 03-14-2025 we", "date", "03-14-2025"),
        ("in March '25 we", "date", "March '25"),
        ("call +44 20 7946 0958 or", "phone", "+44 20 7946 0958"),
        ("call +49 (0)30 123456 or", "phone", "+49 (0)30 123456"),
        ("the case #98765 was", "number", "case #98765"),
        ("MRN 12 was", "number", "MRN 12"),
        ("Medicaid ID AB123456 was", "number", "Medicaid ID AB123456"),
        ("file no. 22-17 was", "number", "file no. 22-17"),
        ("the patient ID is 4455 now", "number", "patient ID is 4455"),
    ],
)
def test_addresses_numbers_and_dates_are_found(text, kind, found):
    assert words(text) == [(kind, found)]


@pytest.mark.parametrize(
    "text",
    [
        "in 2025 we",
        "forty posts, 47 minutes",
        "version 1.2.3",
        "5 of 28 sites",
        "we may go in March",
        "24/7",
        "a@b",
        "$1,200",
        "the case number is high",
        "a good idea 25 people had",
        "it went up by +5 10 times",
        "a record 12 sites",
        "Maybe 3 of us, the 2nd of many",
        "the doctor said",
    ],
)
def test_ordinary_numbers_and_words_are_left_alone(text):
    assert words(text) == []


def test_people_are_found_by_whole_name_and_by_each_part_with_a_capital():
    known = list(of_person("person", "Teresa Malloy"))
    text = "Teresa Malloy came. Malloy's desk, and Teresa. A teresa is no name, nor Malloying."
    assert words(text, *known) == [("person", "Teresa Malloy"), ("person", "Malloy"), ("person", "Teresa")]


def test_parts_that_are_everyday_words_are_not_taken_for_sure():
    sure = {one.words: one.sure for one in find("May Grant, then May.", of_person("person", "May Grant"))}
    assert sure == {"May Grant": True, "May": False}


def test_a_part_that_two_people_share_is_not_taken_for_sure():
    known = [*of_person("person", "Ann Lindqvist"), *of_person("person", "Bo Lindqvist")]
    [one] = find("Lindqvist said so.", known)
    assert (one.sure, one.whole) == (False, "Lindqvist")


def test_places_are_found_by_what_people_say_for_short():
    known = list(of_place("site", "Elm Street Family Health Center"))
    assert words("At elm street, I mean Elm Street Family Health Center,", *known) == [
        ("site", "elm street"),
        ("site", "Elm Street Family Health Center"),
    ]
    [one] = find("Harbor was full.", of_place("site", "Harbor Family Practice"))
    assert not one.sure


def test_a_name_of_generic_words_only_is_found_whole_and_nowhere_else():
    known = list(of_place("organization", "Community Health Center"))
    assert words("the community health center, a health center", *known) == [
        ("organization", "community health center")
    ]


def test_apostrophes_and_accents_make_no_difference_where_they_should_not():
    known = [Known("person", "Zoë O’Neill", "Zoë O’Neill")]
    assert words("zoë o'neill came; ZOË O'NEILL's desk", *known) == [
        ("person", "zoë o'neill"),
        ("person", "ZOË O'NEILL"),
    ]


def test_what_a_placeholder_says_is_left_alone():
    assert words("[Person 1] met [Site A].", *of_person("person", "Person Site")) == []


def test_the_longer_of_two_that_overlap_is_found():
    known = [*of_place("site", "Elm Clinic"), Known("other", "Clinic Day", "Clinic Day")]
    assert words("Elm Clinic Day", *known)[0][1] in ("Elm Clinic", "Clinic Day")
    assert len(words("Elm Clinic Day", *known)) == 1


NAMES = st.lists(st.sampled_from(["Ann Lee", "Elm Clinic", "Bo", "Lee Ann", "O’Neill"]), max_size=4)


@given(st.text(max_size=200), NAMES)
def test_what_is_found_lies_apart_in_order_and_reads_as_it_says(text, names):
    found = find(text, [one for name in names for one in of_person("person", name)])
    assert all(text[one.start : one.end] == one.words for one in found)
    assert all(first.end <= second.start for first, second in zip(found, found[1:], strict=False))


@given(NAMES.filter(bool))
def test_names_are_found_wherever_they_stand(names):
    text = " and ".join(names)
    found = " ".join(
        folded(one.words) for one in find(text, [one for name in names for one in of_person("person", name)])
    )
    assert found == " ".join(folded(name) for name in names)
