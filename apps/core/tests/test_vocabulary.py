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
