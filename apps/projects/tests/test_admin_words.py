"""What the administration of projects says to whoever fills in its forms."""

import re
from datetime import datetime
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from apps.members.tests.factories import UserFactory
from apps.projects.models import Project, TeamMember
from apps.projects.services import projects

from .factories import (
    IndicatorFactory,
    OrganisationFactory,
    PartnershipFactory,
    ProjectFactory,
    SourceFactory,
    TeamMemberFactory,
)
from .test_admin import address, desk, form_of, save, staff, writer  # noqa: F401 - fixtures

BRUSSELS = ZoneInfo("Europe/Brussels")
pytestmark = pytest.mark.django_db


def said(faults) -> list[str]:
    """Every fault that the form told, whichever field it stands at."""
    found = []
    for fault in faults:
        found += [str(one) for errors in fault.values() for one in errors] if isinstance(fault, dict) else list(fault)
    return found


def lines(client, project) -> list[str]:
    """What the history says under "What changed", the latest first."""
    table = client.get(address(project, "history")).text.partition('id="change-history"')[2]
    return [unescape(cell) for cell in re.findall(r"<td>(.*?)</td>", table)[1::2]]


# --- faults -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (
            {"phases-0-title_en": "Early", "phases-0-state": "done", "phases-0-first_year": 1900},
            ["Give years between 1951 and 2100."],
        ),
        (
            {
                "phases-0-title_en": "Backwards",
                "phases-0-state": "done",
                "phases-0-first_year": 2012,
                "phases-0-last_year": 2010,
            },
            ["The last year comes before the first one."],
        ),
        ({"periods-0-first_year": 1900}, ["Give years between 1951 and 2100."]),
        (
            {"periods-0-first_year": 2012, "periods-0-last_year": 2010},
            ["The last year comes before the first one."],
        ),
        ({"phases-0-title_en": "Teaching"}, ["This field is required."]),
        (
            {"deliverables-0-label_en": "A handbook"},
            ["Say what was planned, what was delivered, or both."],
        ),
    ],
)
def test_a_row_that_cannot_be_says_in_words_why(desk, writer, sent, words):  # noqa: F811
    project = ProjectFactory(team=[writer])

    assert said(save(desk, address(project), **sent)) == words


def test_a_partner_or_a_source_given_again_is_named_as_that(desk, writer):  # noqa: F811
    project = ProjectFactory(team=[writer])
    again = "Please correct the duplicate values below."
    there = PartnershipFactory(project=project, organisation=OrganisationFactory(), role="donor")
    source = SourceFactory()
    project.citations.create(source=source)

    partner = {"partnerships-1-organisation": there.organisation_id, "partnerships-1-role": "donor"}
    assert said(save(desk, address(project), **partner)) == [
        again,
        "This organization already has this role in the project.",
    ]
    assert said(save(desk, address(project), **{"citations-1-source": source.pk})) == [
        again,
        "This source is already among the references of the project.",
    ]
    joined = {"team-1-user": writer.pk, "team-1-role": "editor"}
    assert said(save(desk, address(project), **joined)) == [
        again,
        "This person is already in the team: change the role there.",
    ]


def test_two_figures_of_one_day_or_two_without_a_date_are_refused_in_words(desk, writer):  # noqa: F811
    indicator = IndicatorFactory(project__team=[writer])
    source = SourceFactory()
    url = reverse("admin:projects_indicator_change", args=[indicator.pk])

    def twice(day):
        rows = {
            f"figures-{n}-{name}": value
            for n in range(2)
            for name, value in {
                "value": 5, "bound": "exactly", "on": day, "precision": "day", "source": source.pk,
            }.items()
        }  # fmt: skip
        return said(save(desk, url, **rows, **{"figures-TOTAL_FORMS": 2}))

    refusal = "There is already a figure of that day, or one without a date."
    assert twice("2019-10-05") == ["Please correct the duplicate values below.", refusal]
    assert twice("") == [refusal]


def test_a_phase_is_not_called_completed_before_somebody_says_so(desk, writer):  # noqa: F811
    sent = form_of(desk, address(ProjectFactory(team=[writer])))

    assert [name for name in sent if name.startswith("phases-0-") and name.endswith("state")] == []
    assert sent["partnerships-0-role"] == "partner"


# --- the team ---------------------------------------------------------------------------------------------------------
def test_only_staff_with_a_right_on_projects_can_be_taken_into_a_team(desk, writer):  # noqa: F811
    project = ProjectFactory(team=[writer])
    colleague, boss = staff(role="Communications staff"), UserFactory(is_staff=True, is_superuser=True)
    focal_point = staff(role="Data-protection focal point")
    staff(is_active=False)
    UserFactory()

    page = desk.get(address(project))
    (inline,) = [one for one in page.context["inline_admin_formsets"] if one.formset.prefix == "team"]
    field = inline.formset.forms[-1].fields["user"]
    assert {user.pk for user in field.queryset} == {writer.pk, colleague.pk, boss.pk}
    assert field.help_text == "Staff who hold a right on projects. An administrator gives it."
    assert focal_point.email not in page.text


# --- the history ------------------------------------------------------------------------------------------------------
def test_the_history_says_for_when_a_project_was_scheduled_and_what_a_team_change_was(desk, writer):  # noqa: F811
    project = ProjectFactory(team=[writer], lead_en="What it does.")
    projects.saved(project=project, actor=writer)
    colleague = staff()

    assert save(desk, address(project), **{"team-1-user": colleague.pk, "team-1-role": "editor"}) is None
    assert save(desk, address(project), lead_en="What it does today.") is None
    assert save(desk, address(project)) is None
    projects.publish(obj=project, actor=writer, at=datetime(2050, 3, 1, 8, 30, tzinfo=BRUSSELS))

    assert lines(desk, project) == [
        "To be public from 1 March 2050, 08:30 (Brussels time)",
        "No text, number or date changed.",
        "Opening (English)",
        "Team",
        "First version",
    ]


# --- the form ---------------------------------------------------------------------------------------------------------
def test_the_form_says_what_must_be_filled_in_and_when_it_was_decided(desk, writer):  # noqa: F811
    project = ProjectFactory(team=[writer], lead_en="What it does.")
    projects.publish(obj=project, actor=writer)
    projects.withdraw(obj=project, actor=writer, reason="A wrong figure")
    decided = datetime(2026, 11, 26, 12, 7, tzinfo=BRUSSELS)
    Project.objects.filter(pk=project.pk).update(decided_at=decided)

    page = desk.get(address(project)).text
    assert f"Decided by {writer}, 26 November 2026, 12:07 (Brussels time). Why: A wrong figure" in page
    assert "What is marked * must be filled in. A row that stays empty is not kept." in page
    assert "Needed before the project can be published." in page
    assert "Rows are shown from the lowest number on. A new row with 0 comes last." in page
    assert "Countries of residence:" in page
    assert "Web address:" in page


# --- the page ---------------------------------------------------------------------------------------------------------
def test_the_preview_leads_whoever_may_edit_back_to_the_form(client, desk, writer):  # noqa: F811
    project = ProjectFactory(team=[writer])
    way = f'<a href="{address(project)}">Edit this project</a>'
    assert way in desk.get(project.get_absolute_url()).text

    reader = staff()
    TeamMemberFactory(project=project, user=reader, role=TeamMember.Role.READER)
    client.force_login(reader)
    preview = client.get(project.get_absolute_url()).text
    assert ("Only its team sees it." in preview, way in preview) == (True, False)


def test_behind_a_number_each_text_is_marked_with_its_own_language(client):
    project = ProjectFactory(published=True, title_en="Nurses for Rwanda", title_fr="Des infirmières")
    indicator = IndicatorFactory(project=project, name_en="Courses")

    page = client.get(reverse("projects:number", args=[indicator.pk]).replace("/en/", "/fr/")).text
    assert '<h1 lang="en">Courses</h1>' in page
    assert f'<a href="{project.get_absolute_url().replace("/en/", "/fr/")}">Des infirmières</a>' in page
    assert '<span aria-current="page" lang="en">Courses</span>' in page
