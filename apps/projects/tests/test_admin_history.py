"""Versions of a project with all its rows: what is kept, what is shown, and what bringing one back does."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from reversion.models import Revision, Version

from apps.core import differences, history
from apps.core.models import AuditEntry
from apps.core.tests.factories import CountryFactory
from apps.projects.models import Document, Partnership, Period, Phase, Project, Section
from apps.projects.services import projects

from .factories import (
    DocumentFactory,
    FigureFactory,
    IndicatorFactory,
    OrganisationFactory,
    PartnershipFactory,
    PhaseFactory,
    ProjectFactory,
    SectionFactory,
    SourceFactory,
    TeamMemberFactory,
)
from .test_admin import address, save, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer():
    return staff()


@pytest.fixture
def desk(client, writer):
    client.force_login(writer)
    return client


@pytest.fixture
def whole(writer):
    """A project with a row of most kinds, and its first version."""
    project = ProjectFactory(
        team=[writer],
        title_en="Nurses for Rwanda",
        title_fr="Des infirmières pour le Rwanda",
        lead_en="Nurses teach nurses.",
        notes="Ring the ministry.",
        countries=[CountryFactory(code="RW", name="Rwanda")],
        periods=[(2007, 2007), (2012, 2015)],
    )
    SectionFactory(project=project, body_en="<p>It trains <strong>trainers</strong> in Kigali.</p>").sources.add(
        SourceFactory(slug="s1")
    )
    PhaseFactory(project=project, title_en="Preparing")
    PartnershipFactory(project=project, organisation=OrganisationFactory(name_en="Ministry of Health"))
    FigureFactory(indicator=IndicatorFactory(project=project), value=37)
    DocumentFactory(project=project, title_en="Report")
    for row in [project, *project.sections.all(), *project.phases.all()]:
        projects.write_row(row=row)
    projects.saved(project=project, actor=writer, comment="loaded")
    return project


def first_version(project):
    return history.versions(project).last()


def restore(desk, project):
    return desk.post(address(project, "restore", first_version(project).pk), follow=True)


def rows_of(project):
    """All that a version holds, as it stands today."""
    return history.as_of_now(project)


# --- keeping ----------------------------------------------------------------------------------------------------------
def test_a_version_holds_the_project_with_its_rows_and_nothing_of_the_team_or_of_its_state(whole):
    TeamMemberFactory(project=whole)
    projects.saved(project=whole, actor=None)

    version = history.versions(whole).first()
    models = {one._model.__name__ for one in version.revision.version_set.all()}
    assert models == {
        "Project", "Section", "Period", "Phase", "Partnership", "Indicator", "Figure", "Document",
    }  # fmt: skip
    held = " ".join(Version.objects.filter(revision=version.revision).values_list("serialized_data", flat=True))
    assert not any(word in held for word in ("Ring the ministry", '"state": "draft"', "decided_by", '"file"', "facets"))


def test_what_was_there_before_the_first_change_is_kept_too(desk, writer):
    project = ProjectFactory(team=[writer], title_en="As it came")

    save(desk, address(project), title_en="As it is")

    titles = [version.field_dict["title_en"] for version in history.versions(project)]
    assert titles == ["As it is", "As it came"]
    assert [version.revision.user for version in history.versions(project)] == [writer, None]


# --- showing ----------------------------------------------------------------------------------------------------------
def test_the_history_says_who_changed_what_and_each_version_word_by_word(desk, whole, writer):
    section = whole.sections.get()
    prefix = {"sections-0-body_en": "<p>It trains <em>trainers</em> in Butare.</p>", "phases-0-DELETE": "on"}
    assert save(desk, address(whole, beside="fr"), title_fr="Des infirmiers", **prefix) is None

    listed = desk.get(address(whole, "history"))
    line = listed.context["lines"][0]
    assert line.who == writer.email
    assert set(line.changed) == {"Title (French)", "Sections: Text (English)", "Phases: taken away"}

    shown = desk.get(address(whole, "version", history.versions(whole).first().pk)).text
    assert "It trains trainers in <del>Kigali</del><ins>Butare</ins>." in shown
    assert "Phase: Preparing (taken away)" in shown
    assert '<dd lang="fr">' in shown
    assert section.heading_en in shown


def test_a_difference_never_carries_markup_of_its_own():
    assert differences.marked("a <b> c", "a <i> c") == "a &lt;<del>b</del><ins>i</ins>&gt; c"


def test_a_long_stretch_without_a_change_is_shortened():
    text = "word " * 200

    marked = differences.marked(text, text + "new")

    assert "[…]" in marked
    assert marked.endswith("<ins>new</ins>")
    assert len(marked) < 400


# --- bringing back ----------------------------------------------------------------------------------------------------
def test_a_project_comes_back_with_all_its_rows_as_they_were(desk, whole, writer):
    before = rows_of(whole)
    sent = {
        "title_en": "Another title",
        "sections-0-body_en": "<p>Else.</p>",
        "phases-0-DELETE": "on",
        "phases-1-title_en": "A new one",
        "phases-1-state": "next",
        "phases-1-position": 5,
        "partnerships-0-role": "donor",
        "periods-0-first_year": 2008,
        "periods-0-last_year": 2013,
        "periods-1-DELETE": "on",
        "countries": [],
    }
    assert save(desk, address(whole), **sent) is None
    indicator = whole.indicators.get()
    indicator.figures.all().delete()
    assert Project.objects.get().years == [[2008, 2013]]

    page = restore(desk, whole)

    assert "The earlier version is back" in page.text
    assert rows_of(whole) == before
    project = Project.objects.get()
    assert (project.years, project.sort_year) == ([[2007, 2007], [2012, 2015]], 2015)
    assert project.stale == []
    assert [version.revision.comment for version in history.versions(whole)] == ["restored", "", "loaded"]
    assert AuditEntry.objects.filter(verb="projects.project.changed", actor_id=writer.pk).count() == 2


def test_bringing_back_neither_publishes_nor_withdraws_nor_moves_the_address(desk, whole, writer):
    projects.publish(obj=whole, actor=writer)
    Project.objects.update(slug="moved", notes="Other notes.")

    restore(desk, whole)

    project = Project.objects.get()
    assert (project.is_public, project.slug, project.notes) == (True, "moved", "Other notes.")


def test_a_restored_translation_is_as_stale_as_it_was(desk, whole):
    save(desk, address(whole), title_en="Doctors for Rwanda")
    assert Project.objects.get().stale == ["fr"]

    restore(desk, whole)

    assert Project.objects.get().stale == []


def test_files_that_came_since_stay_and_those_taken_away_stay_away(desk, whole):
    kept, file = Document.objects.get(), Document.objects.get().file.name
    save(desk, address(whole), **{"documents-0-title_en": "Renamed"})
    newer = DocumentFactory(project=whole, title_en="Newer")
    restore(desk, whole)
    assert set(Document.objects.values_list("pk", "title_en", "file")) == {
        (kept.pk, "Report", file),
        (newer.pk, "Newer", newer.file.name),
    }

    kept.delete()
    page = restore(desk, whole)
    assert "1 row could not come back" in page.text
    assert list(Document.objects.all()) == [newer]


def test_what_points_at_something_gone_does_not_come_back(desk, whole):
    partner = Partnership.objects.get()
    organisation = partner.organisation
    partner.delete()
    organisation.delete()

    page = restore(desk, whole)

    assert "1 row could not come back" in page.text
    assert not Partnership.objects.exists()
    assert (Section.objects.count(), Phase.objects.count(), Period.objects.count()) == (1, 1, 2)


def test_who_only_reads_brings_nothing_back(client, whole):
    reader = staff()
    TeamMemberFactory(project=whole, user=reader, role="reader")
    client.force_login(reader)
    version = first_version(whole).pk

    assert client.get(address(whole, "version", version)).status_code == 200
    assert client.get(address(whole, "restore", version)).status_code == 403
    assert client.post(address(whole, "restore", version)).status_code == 403


# --- the end ----------------------------------------------------------------------------------------------------------
def test_with_a_draft_its_versions_go(desk, whole):
    assert desk.post(address(whole, "delete"), {"post": "yes"}).status_code == 302

    assert not Project.objects.exists()
    assert not Revision.objects.exists()


def test_an_account_that_goes_leaves_the_versions_without_a_name(whole, writer):
    whole.team.all().delete()

    get_user_model().objects.get(pk=writer.pk).delete()

    assert list(Revision.objects.values_list("user", flat=True)) == [None]


def test_an_indicators_figures_belong_to_the_projects_versions(desk, whole):
    indicator = whole.indicators.get()
    url = reverse("admin:projects_indicator_change", args=[indicator.pk])

    assert save(desk, url, **{"figures-0-value": 40}) is None

    line = desk.get(address(whole, "history")).context["lines"][0]
    assert line.changed == ["Reported figures: How many"]
