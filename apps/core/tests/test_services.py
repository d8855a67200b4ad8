"""The taxonomy: loaded from its files, repeatable, in four languages, retired and never deleted."""

import json

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Q

from apps.core import services
from apps.core.models import Country, Language, Region, Sector, Skill, SkillName
from apps.core.services import LANGUAGES
from apps.core.signals import taxonomy_changed
from apps.core.tests.factories import SkillFactory
from apps.core.text import fold

pytestmark = [pytest.mark.django_db, pytest.mark.services]

KINDS = [Country, Region, Sector, Language, Skill]


@pytest.fixture
def heard():
    """How often the apps above were told that a term has changed."""
    news = []

    def hear(**kwargs):
        news.append(kwargs)

    taxonomy_changed.connect(hear)
    yield news
    taxonomy_changed.disconnect(hear)


def state():
    return [list(kind.objects.order_by("pk").values()) for kind in [*KINDS, SkillName]]


def test_loading_twice_is_loading_once_and_is_told_once(heard):
    numbers = services.load_taxonomy()
    first = state()

    assert services.load_taxonomy() == numbers
    assert state() == first
    assert len(heard) == 1


@pytest.fixture(scope="class")
def taxonomy(django_db_setup, django_db_blocker):
    """Loaded once for a class of tests; what one of them changes is taken back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        services.load_taxonomy()
        yield
        transaction.set_rollback(True)


@pytest.mark.usefixtures("taxonomy")
class TestLoaded:
    def test_every_term_has_a_name_in_every_language(self):
        for kind in KINDS:
            nameless = Q()
            for code in LANGUAGES:
                nameless |= Q(**{f"name_{code}": ""}) | Q(**{f"name_{code}__isnull": True})
            assert list(kind.objects.filter(nameless)) == [], kind

    def test_no_two_terms_of_a_kind_have_the_same_name(self):
        for kind in KINDS:
            for code in LANGUAGES:
                names = [fold(name) for name in kind.objects.values_list(f"name_{code}", flat=True)]
                assert sorted(n for n in set(names) if names.count(n) > 1) == [], (kind, code)

    def test_the_fourteen_partner_countries_are_marked(self):
        assert set(Country.objects.filter(priority=True).values_list("code", flat=True)) == {
            "BF", "BI", "BJ", "CD", "GN", "MA", "ML", "MZ", "NE", "PS", "RW", "SN", "TZ", "UG",
        }  # fmt: skip
        assert Country.objects.count() >= 249

    def test_residence_is_belgiums_provinces_with_brussels_and_luxembourgs_cantons_in_one_shape(self):
        assert Region.objects.filter(country__code="BE").count() == 11
        assert Region.objects.filter(country__code="LU").count() == 12
        assert set(Region.objects.filter(country__code="LU").values_list("shape", flat=True)) == {"LU"}

    def test_there_are_about_three_hundred_skills_in_one_tree(self):
        skills = {skill.pk: skill for skill in Skill.objects.all()}

        assert 280 <= len(skills) <= 400
        for skill in skills.values():
            assert skill.lineage[0] == skill.pk
            assert skill.lineage[1:] == (skills[skill.parent_id].lineage if skill.parent_id else [])
            assert len(skill.lineage) == len(set(skill.lineage)) <= 4

    @pytest.mark.parametrize("typed", ["infirmière", "verpleegkundige", "Krankenpfleger", "nurse", "soudeur", "lasser"])
    def test_a_profession_is_known_in_the_languages_of_the_readers(self, typed):
        assert SkillName.objects.filter(key=fold(typed)).exists()

    def test_what_the_files_no_longer_hold_is_retired_and_found_no_more(self, monkeypatch):
        gone = Skill.objects.filter(children=None).first()
        without = [record for record in services._read("skills") if record["slug"] != gone.slug]
        read = services._read
        monkeypatch.setattr(services, "_read", lambda name: without if name == "skills" else read(name))

        services.load_taxonomy()

        gone.refresh_from_db()
        assert not gone.active
        assert not gone.names.exists()
        monkeypatch.undo()
        services.load_taxonomy()
        gone.refresh_from_db()
        assert gone.active
        assert gone.names.exists()

    def test_a_name_that_was_wrong_is_put_right_and_told(self, heard):
        Sector.objects.filter(slug="health").update(name_fr="Wrong")

        services.load_taxonomy()

        assert Sector.objects.get(slug="health").name_fr != "Wrong"
        assert len(heard) == 1


def test_the_skills_file_names_every_parent_before_its_children():
    seen = set()
    for record in services._read("skills"):
        assert record["parent"] in seen | {None, ""}, record["slug"]
        seen.add(record["slug"])


def test_no_data_file_holds_a_key_twice():
    def no_double(pairs):
        keys = [key for key, _value in pairs]
        assert len(keys) == len(set(keys)), keys
        return dict(pairs)

    for path in services.DATA.glob("*.json"):
        json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=no_double)


# --- what is derived --------------------------------------------------------------------------------------------------
def test_moving_a_skill_moves_everything_under_it():
    health, care = SkillFactory(name="Health"), SkillFactory(name="Care")
    nurse = SkillFactory(name="Nurse", parent=health)
    midwife = SkillFactory(name="Midwife", parent=nurse)
    assert midwife.lineage == [midwife.pk, nurse.pk, health.pk]

    Skill.objects.filter(pk=nurse.pk).update(parent=care)
    services.refresh_skills()

    midwife.refresh_from_db()
    assert midwife.lineage == [midwife.pk, nurse.pk, care.pk]


def test_a_ring_of_parents_ends_where_it_began():
    first = SkillFactory()
    second = SkillFactory(parent=first)
    Skill.objects.filter(pk=first.pk).update(parent=second)

    services.refresh_skills()

    first.refresh_from_db()
    assert first.lineage == [first.pk, second.pk]


def test_the_database_refuses_a_skill_that_is_its_own_parent():
    skill = SkillFactory()

    with pytest.raises(DatabaseError, match="skill_is_not_its_own_parent"), transaction.atomic():
        Skill.objects.filter(pk=skill.pk).update(parent=skill)


def test_names_to_search_by_follow_names_and_synonyms():
    skill = SkillFactory(name="Nurse", synonyms_fr="Infirmière\n\n  Soins à domicile ")
    assert set(skill.names.values_list("language", "key")) == {
        *((code, "nurse") for code in LANGUAGES), ("fr", "infirmiere"), ("fr", "soins a domicile"),
    }  # fmt: skip

    skill.synonyms_fr, skill.active = "", False
    skill.save()
    services.term_changed()
    assert not skill.names.exists()
