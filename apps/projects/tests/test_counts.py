"""The table of counts says what counting the projects would say, whatever happens to them."""

import random
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from apps.core.tests.factories import CountryFactory, SectorFactory
from apps.members.tests.factories import UserFactory
from apps.projects.models import Facet, Project, ProjectCount
from apps.projects.querysets import counting
from apps.projects.services import indexing, projects
from apps.projects.tasks import keep_tidy

from .factories import ProjectFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]

RECOUNT = """
    SELECT state, given, token, count(*) FROM projects_project, unnest(0 || facets) AS given,
        unnest(0 || facets) AS token
    GROUP BY state, given, token
"""


def kept() -> dict:
    rows = ProjectCount.objects.values_list("state", "given", "token").annotate(n=Sum("projects"))
    return {tuple(key): n for *key, n in rows if n}


def recounted() -> dict:
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT)
        return {tuple(key): n for *key, n in cursor.fetchall()}


def public():
    return Project.objects.visible_to(AnonymousUser())


def the_same_but_read():
    """What is public, as a question that the table does not know."""
    return public().filter(pk__gt=0)


@pytest.mark.parametrize("seed", range(3))
def test_after_any_changes_the_table_equals_a_recount(seed):
    chance = random.Random(seed)
    countries, sectors = CountryFactory.create_batch(3), SectorFactory.create_batch(3)
    every = [ProjectFactory(title_en="A", lead_en="B") for _ in range(4)]

    def some(things):
        return chance.sample(things, chance.randint(0, len(things)))

    def changed(project):
        project.countries.set(some(countries))
        project.sectors.set(some(sectors))
        project.status = chance.choice(list(Project.Status))
        projects.write_row(row=project, changed=["status"])
        projects.saved(project=project, actor=None)

    def published(project):
        later = timezone.now() + timedelta(days=chance.randint(0, 1))
        if not project.is_public:
            projects.publish(obj=project, actor=None, at=later)

    changes = [
        changed,
        changed,
        published,
        lambda project: projects.withdraw(obj=project, actor=None) if project.is_public else None,
        lambda project: every.remove(project) or project.delete(),
        lambda project: every.append(ProjectFactory(published=True, lead_en="B", sectors=some(sectors))),
        lambda project: Project.objects.update(state=chance.choice(["draft", "withdrawn"])),
        lambda project: indexing.index_all(),
        lambda project: indexing.fold_counts(),
    ]
    for _ in range(30):
        if not every:
            break
        project = chance.choice(every)
        project.refresh_from_db()
        chance.choice(changes)(project)
        assert kept() == recounted()
        assert public().counted({}) == the_same_but_read().counted({})
        assert Project.objects.all().number() == Project.objects.count()


def test_what_the_table_knows_is_what_reading_finds():
    rwanda, morocco = CountryFactory(), CountryFactory()
    health, teaching = SectorFactory(), SectorFactory()
    for number in range(12):
        ProjectFactory(
            published=True,
            public_from=timezone.now() + timedelta(days=1 if number == 11 else -1),
            countries=[rwanda, morocco][: number % 3],
            sectors=[[health], [teaching], [health, teaching]][number % 3],
            periods=[(2001 + number, 2001 + number)],
        )
    ProjectFactory(countries=[rwanda], sectors=[health])
    of_rwanda, of_both = [Facet.COUNTRY.token(rwanda.pk)], [Facet.COUNTRY.token(c.pk) for c in (rwanda, morocco)]
    of_health, of_2001 = [Facet.SECTOR.token(health.pk)], [Facet.YEAR.token(2001)]

    for asked in [
        {},
        {Facet.COUNTRY: of_rwanda},
        {Facet.COUNTRY: of_both},
        {Facet.COUNTRY: of_rwanda, Facet.SECTOR: of_health},
        {Facet.COUNTRY: of_both, Facet.SECTOR: of_health},
        {Facet.COUNTRY: of_rwanda, Facet.SECTOR: of_health, Facet.YEAR: of_2001},
        {Facet.COUNTRY: [Facet.COUNTRY.token(0)]},
    ]:
        assert public().counted(asked) == the_same_but_read().counted(asked), asked
    assert public().counted({}).total == 11


def test_a_project_counts_from_its_moment_on_though_nobody_writes():
    ProjectFactory(published=True, public_from=timezone.now() + timedelta(hours=1))

    assert public().counted({}) == counting.Found(0)

    Project.objects.update(public_from=timezone.now() - timedelta(seconds=1))
    assert public().counted({}).total == 1


def test_without_words_and_with_one_value_a_facet_the_numbers_are_exact_however_many_fit(monkeypatch):
    monkeypatch.setattr(counting, "MOST_COUNTED", 2)
    rwanda, health = CountryFactory(), SectorFactory()
    ProjectFactory.create_batch(4, title_en="Bees", published=True, countries=[rwanda], sectors=[health])
    in_rwanda = {Facet.COUNTRY: [Facet.COUNTRY.token(rwanda.pk)]}
    of_health = {Facet.SECTOR: [Facet.SECTOR.token(health.pk)]}

    for asked in [{}, in_rwanda]:
        found = public().counted(asked)
        assert (found.total, found.sampled) == (4, frozenset())
        assert found.counts[Facet.SECTOR.token(health.pk)] == 4
    both = public().counted(in_rwanda | of_health)
    assert (both.total, both.sampled) == (4, set(Facet) - {Facet.COUNTRY, Facet.SECTOR})
    assert public().search("bees").counted({}).sampled == set(Facet)


def test_staff_are_told_of_what_they_see_and_no_word_keeps_the_tables_promise():
    me = UserFactory(is_staff=True)
    ProjectFactory(published=True)
    ProjectFactory(team=[me])

    assert public().counted({}).total == 1
    assert Project.objects.visible_to(me).counted({}).total == 2
    assert public().is_all_that_is_public
    for narrower in (public().newest_first(), public().narrowed({1: [1]}), public().all(), public().search("a")):
        assert not narrower.is_all_that_is_public
    assert not Project.objects.run_by(me).published().is_all_that_is_public


def test_what_changes_neither_facets_nor_state_writes_no_count():
    ProjectFactory()
    before = ProjectCount.objects.count()

    Project.objects.update(notes="Nothing that a list is narrowed by.")

    assert ProjectCount.objects.count() == before


def test_folding_leaves_one_row_a_number_and_none_for_nothing():
    ProjectFactory(published=True)
    ProjectFactory(countries=[CountryFactory()]).delete()

    keep_tidy()

    assert ProjectCount.objects.count() == len(kept()) == len(recounted())
