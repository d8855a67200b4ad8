import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core import towns
from apps.core.text import fold, masked, words

pytestmark = pytest.mark.static


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Émilie Ångström", "emilie angstrom"),
        ("  Straße ", "strasse"),
        ("INFIRMIÈRE", "infirmiere"),
        ("ﬁnance", "finance"),
        ("", ""),
    ],
)
def test_accents_and_case_do_not_matter(written, folded):
    assert fold(written) == folded


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_words_hold_no_punctuation_and_no_space(text):
    assert all(word and word.isalnum() for word in words(text))


def test_words_keep_their_order_and_lose_their_punctuation():
    assert words("  Nurse, (midwife) & co-ordinator! ") == ["nurse", "midwife", "co", "ordinator"]


def test_addresses_are_cut_short_wherever_they_stand_in_a_text():
    said = "550 5.1.1 <fanta.sow@example.org>: no such user; see info@host.example, a@b.example"

    assert masked(said) == "550 5.1.1 <f…@example.org>: no such user; see i…@host.example, a…@b.example"
    assert masked("nobody here @ all") == "nobody here @ all"


def test_a_town_is_known_by_all_its_names_and_any_other_by_its_own():
    assert {"Gent", "Gand"} <= set(towns.every_name("gand"))
    assert towns.every_name("Sankt Nirgendwo") == ["Sankt Nirgendwo"]
    assert towns.every_name("") == []
