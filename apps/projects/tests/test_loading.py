"""The projects of the source texts: the acceptance figures, and that loading them twice changes nothing."""

from datetime import date

from django.core.management import call_command
from django.test import TestCase

from apps.core.services import load_taxonomy
from apps.projects.models import Figure, Indicator, Project, Section
from apps.projects.services import loading

LANGUAGES = {"en", "fr", "nl", "de"}


def project(slug) -> Project:
    return Project.objects.get(slug=slug)


def codes(countries) -> set[str]:
    return set(countries.values_list("code", flat=True))


def numbers(slug) -> dict[str, tuple]:
    """Of each indicator: target, how it is meant, what was achieved, how that is meant, by which source."""
    found = {}
    for indicator in project(slug).indicators.all():
        figure = indicator.figures.first()
        achieved = (figure.value, figure.bound, figure.source.slug) if figure else (None, None, None)
        found[indicator.name_en] = (indicator.target, indicator.bound if indicator.target else None, *achieved)
    return found


def has(slug, *expected) -> bool:
    return expected in numbers(slug).values()


class TestTheSourceTexts(TestCase):
    """Loaded once for all of them."""

    @classmethod
    def setUpTestData(cls):
        load_taxonomy()
        call_command("load_projects", verbosity=0)

    def test_mauritania_twenty_to_move_and_37_who_offered_themselves(self):
        mauritania = project("mauritania-circular-migration")

        assert has("mauritania-circular-migration", 20, "exactly", None, None, None)
        assert has("mauritania-circular-migration", None, None, 37, "exactly", "s1")
        assert codes(mauritania.residences) == {"BE", "DE", "FR"}
        assert codes(mauritania.countries) == {"MR"}

    def test_rwanda_thirty_to_move_and_ten_pilot_projects(self):
        rwanda = project("rwanda-tvet-health")

        assert {target for target, *_rest in numbers(rwanda.slug).values()} >= {30, 10}
        assert rwanda.years == [[2019, 2023]]
        assert codes(rwanda.residences) == {"BE", "DE", "GB", "FR", "NL"}
        assert rwanda.status == Project.Status.CURRENT

    def test_women4dev_at_least_ten_planned_eleven_selected_and_both_lists_of_topics(self):
        academy = project("women4dev-academy")

        assert has(academy.slug, 10, "at_least", 11, "exactly", "s1")
        assert {target for target, *_rest in numbers(academy.slug).values()} == {10, 3, 9}
        topics = academy.deliverables.get(label_en="Topics of the training")
        assert (topics.planned_source.slug, topics.delivered_source.slug) == ("s4", "s0")
        assert "peace" in topics.planned_en
        assert "financial management" in topics.delivered_en
        assert academy.years == [[2018, 2019]]

    def test_mida_four_phases_in_three_countries_from_2001_to_2012(self):
        mida = project("mida-great-lakes")

        assert mida.phases.count() == 4
        assert mida.years == [[2001, 2012]]
        assert codes(mida.countries) == {"CD", "RW", "BI"}

    def test_medma_keeps_its_gap(self):
        assert project("medma").years == [[2007, 2007], [2012, 2015]]

    def test_the_figures_of_the_other_projects(self):
        assert {target for target, *_rest in numbers("dt4e").values()} == {250}
        assert has("match", None, None, 100, "more_than", "s3")
        assert has("match", None, None, 6, "exactly", "s3")
        assert has("arise-all", None, None, 14, "exactly", "s0")
        assert has("global-diaspora-virtual-exchange", None, None, 230, "more_than", "s0")
        assert has("idiaspora", None, None, 1500, "exactly", "s3")

    def test_every_project_is_public_cites_its_sources_and_stands_in_four_languages(self):
        projects = Project.objects.published()

        assert projects.count() == len(loading.folders()) == 19
        for one in projects:
            assert one.citations.exists(), one.slug
            assert one.sections.exists(), one.slug
            assert (one.lacking, one.stale) == ([], []), one.slug
            assert {text.language for text in one.texts.all()} == LANGUAGES
        assert [s.pk for s in Section.objects.exclude(lacking=[])] == []
        assert [i.pk for i in Indicator.objects.exclude(lacking=[])] == []
        assert not Indicator.objects.filter(target__isnull=False, source=None).exists()
        assert not Figure.objects.filter(on__gt=date(2022, 12, 31)).exists()

    def test_loading_again_changes_nothing_and_keeps_what_staff_wrote(self):
        medma = project("medma")
        Project.objects.filter(pk=medma.pk).update(title_en="MEDMA, as we say")
        before = list(Project.objects.order_by("pk").values_list("pk", "changed_at", "title_en"))

        call_command("load_projects")
        assert list(Project.objects.order_by("pk").values_list("pk", "changed_at", "title_en")) == before

        call_command("load_projects", overwrite=True)
        assert project("medma").title_en != "MEDMA, as we say"
        assert Project.objects.count() == 19


def test_no_text_names_a_private_address_or_a_telephone_number():
    for folder in loading.folders():
        for path in folder.glob("*.toml"):
            text = path.read_text(encoding="utf-8")
            assert "@iom.int" not in text, path
            assert "+32" not in text, path
