"""Finding people: what words mean, how facets narrow and count, in which order, and how many are shown."""

import json
from datetime import date
from unittest.mock import MagicMock

import pytest
from django.db import connection
from django.urls import reverse

from apps.core.tests.factories import CountryFactory, LanguageFactory, RegionFactory, SectorFactory, SkillFactory
from apps.members.models import COUNTRIES, Audience, DirectoryEntry, Facet, Message, Profile
from apps.members.querysets import directory
from apps.members.querysets.directory import Search
from apps.members.querysets.skills import segments_of, skills_named
from apps.members.services import directory as entries
from apps.members.services import profiles
from apps.members.tests.factories import MessageFactory, ProfileFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def found(text="", **asked):
    asked.setdefault("audience", Audience.MEMBERS)
    return DirectoryEntry.objects.find(Search(segments=segments_of(text), **asked))


def names(text="", **asked):
    return [json.loads(card)["name"] for card in found(text, **asked).rows]


def listed(name, **fields):
    return ProfileFactory(listed=True, display_name=name, **fields)


@pytest.fixture
def nurse():
    return SkillFactory(
        name_en="Nurse",
        name_fr="Infirmier ou infirmière",
        name_nl="Verpleegkundige",
        name_de="Pflegefachkraft",
        synonyms_fr="Infirmière\nSoins infirmiers",
        synonyms_en="Nursing\nRegistered nurse",
    )


# --- what words mean --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "typed",
    ["nurse", "NURSE", "infirmière", "infirmiere", "Verpleegkundige", "pflegefachkraft", "soins infirmiers", "nursing"],
)
@pytest.mark.parametrize("language", ["en", "fr", "nl", "de"])
def test_a_skill_is_found_under_each_of_its_names_whatever_language_the_reader_has(nurse, typed, language):
    listed("Aline", skills=[nurse])
    listed("Bob", skills=[SkillFactory(name="Welder")])

    assert names(typed, language=language) == ["Aline"]


@pytest.mark.parametrize("typed", ["infirmere", "verpleegkundge", "nurze", "pflegefachkrft"])
def test_a_small_typing_error_is_forgiven(nurse, typed):
    listed("Aline", skills=[nurse])
    listed("Bob", skills=[SkillFactory(name="Welder")])

    assert names(typed) == ["Aline"]


def test_the_beginning_of_a_word_is_enough(nurse):
    listed("Aline", skills=[nurse])

    assert names("verpleeg") == ["Aline"]


def test_a_wider_skill_finds_those_who_have_a_narrower_one():
    health = SkillFactory(name="Health professions")
    listed("Aline", skills=[SkillFactory(name="Midwife", parent=health)])
    listed("Bob", skills=[SkillFactory(name="Welder")])

    assert names("health professions") == ["Aline"]
    assert names("midwife") == ["Aline"]


def test_every_word_must_be_found_somewhere(nurse):
    listed("Aline", skills=[nurse], place="Gent", residence_audience=3, country=CountryFactory(name="Belgium"))
    listed("Bob", skills=[nurse], place="Namur", country=CountryFactory(name="Belgium"))

    assert names("nurse Gent") == ["Aline"]
    assert set(names("nurse Belgium")) == {"Aline", "Bob"}
    assert names("nurse Antwerpen") == []


def test_a_town_is_found_under_all_its_names():
    listed("Aline", place="Gent", country=CountryFactory())

    assert names("Gand") == names("gent") == ["Aline"]


def test_words_of_a_text_are_found_in_every_form_of_its_language():
    listed("Aline", headline="Teaching with patience", language="en")
    listed("Chantal", about="J’enseigne aux sages-femmes", language="fr")

    assert names("teaches", language="en") == ["Aline"]
    assert names("enseigner", language="fr") == ["Chantal"]


def test_accents_and_case_of_a_name_do_not_matter():
    listed("Émilie Ndayishimiye")

    assert names("emilie") == names("NDAYISHIMIYE") == ["Émilie Ndayishimiye"]


def test_a_name_that_is_nearly_right_is_found_on_the_second_try():
    listed("Immaculée Uwamahoro")
    listed("Bob")

    cards = DirectoryEntry.objects.named_like(audience=Audience.MEMBERS, words=["imaculee"], experts_only=False)

    assert [json.loads(card)["name"] for card in cards] == ["Immaculée Uwamahoro"]


def test_who_is_named_so_stands_before_who_mentions_it(nurse):
    listed("Bob", about="I once worked with Rose")
    listed("Rose")

    assert names("Rose") == ["Rose", "Bob"]


@pytest.mark.parametrize(
    "typed", ["'", "a & | ! ( ) :* <->", "\\", "%", "--", "' OR 1=1 --", "x" * 300, "١٢٣", "🙂", "sk1 | sk2"]
)
def test_signs_that_mean_something_to_the_database_are_only_signs(typed):
    listed("Aline")

    assert found(typed).total in (0, 1)
    assert skills_named(typed) == []


def test_words_that_ask_for_nothing_are_left_out(nurse):
    assert segments_of("") == ()
    assert [segment.words for segment in segments_of("de la nurse à")] == [("nurse",)]


def test_a_name_of_several_words_is_one_thing_to_find(nurse):
    assert [(segment.words, segment.skills) for segment in segments_of("soins infirmiers")] == [
        (("soins", "infirmiers"), (nurse.pk,))
    ]


def test_a_retired_skill_is_not_offered_and_a_member_picks_from_the_nearest(nurse):
    student, welder = SkillFactory(name="Student nurse"), SkillFactory(name="Welder")
    retired = SkillFactory(name="Nurse of old", active=False)

    assert skills_named("nurse") == [nurse, student]
    assert skills_named("weldre") == [welder]
    assert retired not in skills_named("nurse of old")
    assert skills_named("nurse", most=1) == [nurse]


# --- facets -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def facets():
    """Three people: two sectors, two languages."""
    health, trade = SectorFactory(), SectorFactory()
    french, dutch = LanguageFactory(), LanguageFactory()
    listed("Aline", sectors=[health], languages=[french])
    listed("Bob", sectors=[health, trade], languages=[dutch])
    listed("Chantal", sectors=[trade], languages=[french])
    return {
        "health": Facet.SECTOR.token(health.pk),
        "trade": Facet.SECTOR.token(trade.pk),
        "french": Facet.LANGUAGE.token(french.pk),
        "dutch": Facet.LANGUAGE.token(dutch.pk),
    }


def test_within_a_facet_any_value_will_do_and_across_facets_all_must(facets):
    health, trade, french = facets["health"], facets["trade"], facets["french"]

    assert names(facets={Facet.SECTOR: [health]}, order="name") == ["Aline", "Bob"]
    assert names(facets={Facet.SECTOR: [health, trade]}, order="name") == ["Aline", "Bob", "Chantal"]
    assert names(facets={Facet.SECTOR: [health], Facet.LANGUAGE: [french]}) == ["Aline"]


def test_a_facet_without_a_choice_counts_those_found(facets):
    counts = found(facets={Facet.LANGUAGE: [facets["french"]]}).counts

    assert (counts[facets["health"]], counts[facets["trade"]]) == (1, 1)


def test_a_facet_with_a_choice_counts_what_each_other_value_would_bring(facets):
    counts = found(facets={Facet.SECTOR: [facets["health"]]}).counts

    assert (counts[facets["health"]], counts[facets["trade"]]) == (2, 2)
    assert (counts[facets["french"]], counts[facets["dutch"]]) == (1, 1)


def test_each_count_is_what_choosing_that_value_shows(facets):
    for chosen in ({}, {Facet.SECTOR: [facets["trade"]]}, {Facet.LANGUAGE: [facets["dutch"]]}):
        for token, count in found(facets=chosen).counts.items():
            kind = Facet(token // 1_000_000)
            assert found(facets=chosen | {kind: [token]}).total == count


def test_people_are_counted_under_their_province_and_their_country_apart():
    region = RegionFactory()
    listed("Aline", country=region.country, region=region)
    listed("Bob", country=region.country)

    counts = found().counts

    assert counts[Facet.LIVES.token(region.pk)] == 1
    assert counts[Facet.LIVES.token(COUNTRIES + region.country_id)] == 2


def test_people_on_every_shelf_are_found_and_each_once():
    language = LanguageFactory()
    for row in (0, 1, 2, 4, 8, 16, 32):  # of 64 people each: the first of every shelf
        listed(f"Person {row}", pk=64 * 64 * 1_000 + 64 * row, languages=[language])
    spoken = {Facet.LANGUAGE: [Facet.LANGUAGE.token(language.pk)]}

    assert sorted(DirectoryEntry.objects.values_list("shelf", flat=True)) == [0, 1, 2, 3, 4, 5, 6]
    assert names("person", order="name") == names(facets=spoken, order="name") == names(order="name")
    assert found("person").total == 7


@pytest.mark.parametrize("most", [0, 1, 200])
def test_people_with_facets_of_several_kinds_are_found_by_pairs_as_one_by_one(monkeypatch, most):
    monkeypatch.setattr(directory, "MOST_PAIRS", most)
    sectors, spoken = [SectorFactory(), SectorFactory()], [LanguageFactory(), LanguageFactory()]
    tie = CountryFactory()
    listed("Aline", sectors=sectors[:1], languages=spoken[:1], ties=[tie], ties_audience=Audience.PUBLIC)
    listed("Bob", sectors=sectors[1:], languages=spoken, ties=[tie], ties_audience=Audience.PUBLIC)
    listed("Chantal", sectors=sectors[:1], languages=spoken[:1])
    listed("Dieudonné", sectors=sectors, ties=[tie], ties_audience=Audience.PUBLIC)
    of_sectors = {Facet.SECTOR: [Facet.SECTOR.token(sector.pk) for sector in sectors]}
    of_languages = {Facet.LANGUAGE: [Facet.LANGUAGE.token(spoken[0].pk)]}
    of_ties = {Facet.TIE: [Facet.TIE.token(tie.pk)]}

    assert sorted(names(facets=of_sectors | of_languages)) == ["Aline", "Bob", "Chantal"]
    assert sorted(names(facets=of_languages | of_ties)) == ["Aline", "Bob"]
    assert sorted(names(facets=of_ties | of_sectors)) == ["Aline", "Bob", "Dieudonné"]
    assert sorted(names(facets=of_sectors | of_languages | of_ties)) == ["Aline", "Bob"]


def test_the_index_of_each_shelf_is_asked_for_pairs():
    chosen = {Facet.SECTOR: [Facet.SECTOR.token(1)], Facet.LANGUAGE: [Facet.LANGUAGE.token(n) for n in (1, 2)]}
    statement = directory.Statement(Search(audience=Audience.MEMBERS, facets=chosen), [])
    sql = statement.ready()

    with connection.cursor() as cursor:  # to nobody, any other way is shorter
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute("DROP INDEX directory_best_2, directory_names_2")
        cursor.execute("ALTER TABLE members_directoryentry DROP CONSTRAINT one_entry_per_audience")
        cursor.execute(f"PREPARE asked ({', '.join(statement.values.types)}) AS {sql}")
        values = ", ".join(statement.values.expressions)
        cursor.execute(f"EXPLAIN EXECUTE asked ({values})", statement.values.values)
        plan = [line.strip() for (line,) in cursor.fetchall()]
        cursor.execute("DEALLOCATE asked")

    for shelf in range(7):
        scans = [at for at, line in enumerate(plan) if f"Bitmap Index Scan on directory_search_2_{shelf} " in line]
        assert any("Index Cond: (directory_pairs(facets) && " in plan[at + 1] for at in scans), "\n".join(plan)


def test_the_directory_searches_in_its_turn(monkeypatch, client):
    turn = MagicMock()
    monkeypatch.setattr("apps.members.views.directory.IN_TURN", turn)

    assert client.get(reverse("members:directory"), {"q": "nurse"}).status_code == 200
    assert turn.__enter__.call_count == turn.__exit__.call_count == 1


def test_facets_stand_kind_by_kind_for_the_counts_cut_them_out_so(facets):
    kinds = [[token // 1_000_000 for token in row] for row in DirectoryEntry.objects.values_list("facets", flat=True)]

    assert kinds
    assert kinds == [sorted(row) for row in kinds]


def test_a_choice_that_most_have_is_counted_as_one_that_few_have(facets, monkeypatch):
    health, trade, french = facets["health"], facets["trade"], facets["french"]
    chosen = {Facet.SECTOR: [health, trade], Facet.LANGUAGE: [french]}

    answers = []
    for share in (-1, 2):
        monkeypatch.setattr(directory, "FREQUENT", share)
        answers.append(found(facets=chosen))

    assert answers[0] == answers[1]
    assert answers[0].total == 2
    assert [answers[0].counts[token] for token in (health, trade, french, facets["dutch"])] == [1, 1, 2, 1]


@pytest.mark.parametrize("most", [1, 1_000])
def test_those_found_are_the_same_whether_few_or_many_would_be_found_without_a_choice(facets, monkeypatch, most):
    monkeypatch.setattr(directory, "FREQUENT", 2)
    monkeypatch.setattr(directory, "MOST_COUNTED", most)

    answer = found(facets={Facet.SECTOR: [facets["health"]], Facet.LANGUAGE: [facets["french"]]})

    assert [json.loads(card)["name"] for card in answer.rows] == ["Aline"]
    assert (answer.total, answer.is_exact) == (1, True)


@pytest.mark.parametrize("frequent", [-1, 2])
@pytest.mark.parametrize("most", [1, 1_000])
def test_among_those_with_a_facet_too_whom_the_words_fit_best_stands_first(monkeypatch, frequent, most):
    sector = SectorFactory()
    listed("Aline", headline="Water", sectors=[sector])
    listed("Water Bob", sectors=[sector])
    listed("Water Chantal")
    monkeypatch.setattr(directory, "FREQUENT", frequent)
    monkeypatch.setattr(directory, "MOST_COUNTED", most)

    assert names("water", facets={Facet.SECTOR: [Facet.SECTOR.token(sector.pk)]}) == ["Water Bob", "Aline"]


# --- order, pages, numbers --------------------------------------------------------------------------------------------
def test_people_stand_in_the_order_that_was_asked_for():
    listed("Émilie", headline="x", languages=[LanguageFactory()])
    listed("Anna")
    zoe = listed("Zoé", headline="x")
    profiles.save_visibility(user=zoe.user, listing=Audience.MEMBERS)

    assert names(order="name") == ["Anna", "Émilie", "Zoé"]
    assert names(order="best") == ["Émilie", "Zoé", "Anna"]
    assert names(order="recent")[0] == "Zoé"


def test_pages_follow_each_other_without_a_gap_or_a_double(monkeypatch):
    monkeypatch.setattr(directory, "PAGE", 2)
    for number in range(5):
        listed(f"Person {number}")

    pages = [names(order="name", page=page) for page in (1, 2, 3, 4)]

    assert pages == [["Person 0", "Person 1"], ["Person 2", "Person 3"], ["Person 4"], []]
    assert found().pages == 3


def test_counts_are_exact_up_to_a_thousand_and_no_page_shows_more_than_the_first_five_hundred(monkeypatch):
    monkeypatch.setattr(directory, "MOST_COUNTED", 3)
    monkeypatch.setattr(directory, "MOST_SHOWN", 2)
    monkeypatch.setattr(directory, "PAGE", 1)
    for number in range(3):
        listed(f"Person {number}")
    assert (found("person").total, found("person").is_exact, found("person").pages) == (3, True, 2)

    for number in range(3, 6):
        listed(f"Person {number}")
    assert (found("person").total, found("person").is_exact, found("person").pages) == (4, False, 2)
    assert (found().total, found().is_exact, found().pages) == (6, True, 2)


def test_the_experts_are_those_who_chose_everyone_and_offer_something():
    ProfileFactory(expert=True, display_name="Expert")
    ProfileFactory(public=True, display_name="Offers nothing")
    ProfileFactory(listed=True, offers_talks=True, display_name="For members")

    assert names(audience=Audience.PUBLIC, experts_only=True) == ["Expert"]
    assert names(audience=Audience.MEMBERS, experts_only=True) == ["Expert"]
    assert sorted(names(audience=Audience.MEMBERS)) == ["Expert", "For members", "Offers nothing"]


# --- the entries ------------------------------------------------------------------------------------------------------
def test_a_closed_account_leaves_the_directory_and_an_opened_one_comes_back():
    profile = ProfileFactory(expert=True)

    profile.user.is_active = False
    profile.user.save()
    entries.refresh(profile)
    assert not DirectoryEntry.objects.exists()

    profile.user.is_active = True
    profile.user.save()
    entries.refresh(profile)
    assert DirectoryEntry.objects.count() == 2


def test_rebuilding_brings_a_new_name_of_a_term_into_every_entry():
    country = CountryFactory(name="Zaire")
    for number in range(3):
        listed(f"Person {number}", country=country)
    country.name_en = "Congo"
    country.save()
    assert found("Congo").total == 0

    assert list(entries.rebuild(batch=2)) == [2, 3]

    assert found("Congo").total == 3


def test_rebuilding_changes_nothing_that_is_right():
    profile = ProfileFactory(
        expert=True,
        headline="Midwife",
        about="Teaches in French.",
        region=(region := RegionFactory()),
        country=region.country,
        place="Gent",
        ties=[CountryFactory(), CountryFactory()],
        sectors=[SectorFactory(), SectorFactory()],
        skills=[SkillFactory(), SkillFactory()],
        languages=[LanguageFactory(), LanguageFactory()],
        ties_audience=Audience.MEMBERS,
    )
    for year in (2019, 2011):
        profile.occupations.create(title=f"Midwife {year}", organisation="Hospital", started_on=date(year, 1, 1))
        profile.degrees.create(title=f"Degree {year}", institution="University", year=year)
    entries.refresh(profile)
    before = list(DirectoryEntry.objects.order_by("pk").values())

    list(entries.rebuild())

    assert list(DirectoryEntry.objects.order_by("pk").values()) == before


# --- messages and profiles --------------------------------------------------------------------------------------------
def test_received_messages_stand_newest_first():
    reader = ProfileFactory().user
    first, second = MessageFactory(recipient=reader), MessageFactory(recipient=reader)
    MessageFactory(sender=reader)

    assert list(Message.objects.visible_to(reader).received_by(reader)) == [second, first]


def test_a_whole_profile_costs_the_same_whatever_is_in_it(django_assert_num_queries):
    empty = ProfileFactory()
    full = ProfileFactory(
        skills=[SkillFactory(), SkillFactory()],
        languages=[LanguageFactory()],
        ties=[CountryFactory()],
        sectors=[SectorFactory()],
    )

    for profile in (empty, full):
        with django_assert_num_queries(9):
            loaded = Profile.objects.of(profile.user).with_everything().get()
            list(loaded.ties.all()), list(loaded.sectors.all())
            [str(owned.skill) for owned in loaded.skills.all()], [str(s.language) for s in loaded.languages.all()]
