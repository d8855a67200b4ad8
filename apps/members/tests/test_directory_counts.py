"""The table of counts says what counting the entries would say, whatever happens to them."""

import random

import pytest
from django.db import connection
from django.db.models import Sum

from apps.core.tests.factories import CountryFactory, LanguageFactory, SectorFactory
from apps.members.models import Audience, DirectoryCount, DirectoryEntry, Facet
from apps.members.querysets import directory as querysets
from apps.members.querysets.directory import Search
from apps.members.querysets.skills import segments_of
from apps.members.services import directory, profiles
from apps.members.tests.factories import ProfileFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]

RECOUNT = """
    SELECT audience, is_expert, token, count(*) FROM members_directoryentry, unnest(0 || facets) AS token
    GROUP BY audience, is_expert, token
"""


def kept() -> dict:
    rows = DirectoryCount.objects.values_list("audience", "is_expert", "token").annotate(n=Sum("people"))
    return {key: n for *key, n in rows if n for key in [tuple(key)]}


def recounted() -> dict:
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT)
        return {tuple(key): n for *key, n in cursor.fetchall()}


def found(text="", **asked):
    asked.setdefault("audience", Audience.MEMBERS)
    without = asked.pop("without", ())
    return DirectoryEntry.objects.find(Search(segments=segments_of(text), **asked), without=without)


@pytest.fixture
def health():
    return SectorFactory()


def of_field(*sectors):
    return {Facet.SECTOR: [Facet.SECTOR.token(sector.pk) for sector in sectors]}


@pytest.mark.parametrize("seed", range(3))
def test_after_any_changes_the_table_equals_a_recount(seed):
    chance = random.Random(seed)
    sectors = [SectorFactory() for _ in range(3)]
    countries = [CountryFactory() for _ in range(3)]
    languages = [LanguageFactory() for _ in range(3)]
    people = [ProfileFactory(expert=True) for _ in range(4)]

    def some(things):
        return chance.sample(things, chance.randint(0, len(things)))

    changes = [
        lambda p: profiles.save_offer(user=p.user, sectors=some(sectors), offers_talks=chance.random() < 0.5),
        lambda p: profiles.save_ties(user=p.user, countries=some(countries), agreed=chance.random() < 0.7, wording="x"),
        lambda p: profiles.save_languages(user=p.user, levels=dict.fromkeys(some(languages), "B2")),
        lambda p: profiles.save_visibility(
            user=p.user, listing=chance.choice([0, 2, 3]), sectors_audience=chance.choice([0, 1, 2, 3])
        ),
        lambda p: people.remove(p) or p.user.delete(),
        lambda p: people.append(ProfileFactory(public=True, sectors=some(sectors))),
        lambda p: list(directory.rebuild(batch=2)),
        lambda p: directory.fold_counts(),
    ]
    for _ in range(30):
        if not people:
            break
        chance.choice(changes)(chance.choice(people))
        assert kept() == recounted()


def test_folding_leaves_one_row_a_number_and_none_for_nothing(health):
    ProfileFactory(expert=True, sectors=[health])
    directory.refresh(ProfileFactory(listed=True))
    gone = ProfileFactory(listed=True, languages=[LanguageFactory()])
    gone.user.delete()

    directory.fold_counts()

    assert DirectoryCount.objects.count() == len(kept()) == len(recounted())


def test_without_text_and_with_one_field_the_number_of_people_is_exact(monkeypatch, health):
    monkeypatch.setattr(querysets, "MOST_COUNTED", 2)
    teaching, talks = SectorFactory(), Facet.OFFER.token(3)
    for _ in range(4):
        ProfileFactory(expert=True, sectors=[health], offers_talks=True)
    ProfileFactory(listed=True, sectors=[teaching])

    everybody = found()
    assert (everybody.total, everybody.is_exact, everybody.sampled) == (5, True, frozenset())
    assert everybody.counts[talks] == 4
    assert (found(experts_only=True).total, found(audience=Audience.PUBLIC).total) == (4, 4)

    in_health = found(facets=of_field(health))
    assert (in_health.total, in_health.is_exact) == (4, True)
    assert {token: in_health.counts[token] for token in [*of_field(health, teaching)[Facet.SECTOR], talks]} == {
        Facet.SECTOR.token(health.pk): 4,
        Facet.SECTOR.token(teaching.pk): 1,
        talks: 3,  # of the first two, and one more
    }
    assert in_health.sampled == set(Facet.values) - {Facet.SECTOR}


def test_two_fields_text_or_somebody_left_out_are_counted_up_to_a_thousand(monkeypatch, health):
    monkeypatch.setattr(querysets, "MOST_COUNTED", 2)
    people = [ProfileFactory(expert=True, display_name="Aline", sectors=[health]) for _ in range(4)]
    languages = {Facet.LANGUAGE: [Facet.LANGUAGE.token(LanguageFactory().pk)]}

    for answer in [
        found("aline"),
        found(facets=of_field(health, SectorFactory())),
        found(facets=of_field(health) | {Facet.OFFER: [Facet.OFFER.token(1)]}),
        found(without=[people[0].pk]),
        found(without=[people[0].pk], facets=of_field(health)),
    ]:
        assert (answer.total, answer.is_exact) == (3, False)
    assert found(without=[p.pk for p in people]).total == 0
    assert found(facets=of_field(health) | languages).total == 0


@pytest.mark.parametrize("order", ["best", "name", "recent"])
def test_a_page_holds_the_same_people_whether_or_not_the_table_counts_them(order):
    for number in range(30):
        ProfileFactory(listed=True, display_name=f"Person {number % 7}")
    somebody = ProfileFactory()  # not listed: to leave him out changes nobody's answer

    for page in (1, 2, 3):
        counted = found(order=order, page=page, without=[somebody.pk])
        assert found(order=order, page=page) == counted
