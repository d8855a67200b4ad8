from itertools import count

import pytest
from django.utils.translation import override

from apps.core import vocabulary
from apps.core.models import Sector
from apps.core.tests.factories import SectorFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture(autouse=True)
def nothing_kept():
    vocabulary.forget()
    yield
    vocabulary.forget()


@pytest.mark.parametrize("kind", vocabulary.SOURCES)
def test_words_are_read_once_and_then_held(kind, django_assert_num_queries):
    with django_assert_num_queries(1):
        vocabulary.words(kind)
    with django_assert_num_queries(0):
        vocabulary.words(kind)


def test_each_reader_gets_the_words_of_his_language():
    SectorFactory(slug="health", name_en="Health", name_fr="Santé")

    with override("fr"):
        assert vocabulary.words("sectors").by_code["health"].name == "Santé"
    with override("en"):
        assert vocabulary.words("sectors").by_code["health"].name == "Health"


def test_a_name_that_staff_change_is_on_every_page_within_the_minute(monkeypatch):
    sector = SectorFactory(slug="health", name="Health")
    clock = count(0, vocabulary.MINUTE / 4)  # a quarter of a minute passes from question to question
    monkeypatch.setattr(vocabulary, "monotonic", lambda: next(clock))

    assert vocabulary.words("sectors").by_id[sector.pk].name == "Health"
    Sector.objects.update(name_en="Health and care")
    names = [vocabulary.words("sectors").by_id[sector.pk].name for _question in range(6)]

    assert (names[0], names[-1]) == ("Health", "Health and care")


def test_a_word_is_found_by_its_number_and_by_its_code():
    sector = SectorFactory(slug="health", name="Health")

    words = vocabulary.words("sectors")

    assert words.by_id[sector.pk] is words.by_code["health"]


def test_names_come_in_the_order_of_their_numbers_and_nothing_names_nothing():
    one, two = SectorFactory(slug="health", name="Health"), SectorFactory(slug="tvet", name="TVET")

    assert [word.name for word in vocabulary.named("sectors", [two.pk, None, one.pk])] == ["TVET", "Health"]
    assert vocabulary.named("sectors", []) == []


def test_a_word_that_has_just_been_added_is_read_at_once():
    vocabulary.words("sectors")
    new = Sector.objects.create(slug="space", name_en="Space")

    assert [word.name for word in vocabulary.named("sectors", [new.pk])] == ["Space"]


def test_a_word_without_a_name_in_the_readers_language_is_read_in_english():
    SectorFactory(slug="health", name_en="Health", name_nl="")

    with override("nl"):
        assert vocabulary.words("sectors").by_code["health"].name == "Health"


def test_words_stand_in_the_readers_alphabet():
    for name in ("Zoo", "Élan", "apple"):
        SectorFactory(slug=name.lower().replace("é", "e"), name=name)

    assert [word.name for word in vocabulary.words("sectors").by_id.values()] == ["apple", "Élan", "Zoo"]
