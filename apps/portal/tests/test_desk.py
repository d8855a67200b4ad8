"""The administration's front page: what waits, for whom, and how the projects stand."""

import html
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from apps.core import vocabulary
from apps.core.translated import write
from apps.members.models import Erasure, MessageReport
from apps.members.tests.factories import MessageFactory, UserFactory
from apps.outbox.models import State
from apps.outbox.tests.factories import OutgoingMailFactory
from apps.portal.desk import Desk
from apps.portal.models import Page
from apps.projects.models import Project, TeamMember
from apps.projects.services import projects
from apps.projects.tests.factories import (
    FigureFactory,
    IndicatorFactory,
    ProjectFactory,
    SectionFactory,
    TeamMemberFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_in_memory():
    vocabulary.forget()


def staff(role="Project staff"):
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def mine():
    return staff()


def told(headings) -> dict:
    return {heading.title: [line.title for line in heading.lines] for heading in headings}


def read(user) -> str:
    client = Client()
    client.force_login(user)
    page = client.get("/admin/")
    assert page.status_code == 200
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


# --- what waits -------------------------------------------------------------------------------------------------------
def test_what_is_not_public_waits_by_its_state(mine):
    ProjectFactory(title_en="Begun", team=[mine])
    ProjectFactory(title_en="Told", published=True, team=[mine])
    later = timezone.now() + timedelta(days=1)
    ProjectFactory(title_en="To come", state=Project.State.PUBLISHED, public_from=later, team=[mine])
    ProjectFactory(title_en="Taken back", state=Project.State.WITHDRAWN, team=[mine])

    assert told(Desk(mine).not_public) == {
        "Drafts": ["Begun"],
        "To be public later": ["To come"],
        "Withdrawn": ["Taken back"],
    }


def test_nobody_sees_what_another_team_has_not_told(mine):
    project = ProjectFactory(title_en="Somebody else’s draft", team=[staff()])
    FigureFactory(indicator=IndicatorFactory(project=project, name_en="Their number"), value=1)

    text = read(mine)

    assert "Somebody else’s draft" not in text
    assert "Their number" not in text
    assert "Nothing. All is public, translated and answered." in text


def test_whoever_runs_every_project_sees_all_drafts():
    ProjectFactory(title_en="Somebody’s draft", team=[staff()])

    assert told(Desk(staff("Administrator")).not_public) == {"Drafts": ["Somebody’s draft"]}


def test_translations_wait_by_language_what_is_out_of_date_first_each_with_its_way_in(mine):
    lacking = ProjectFactory(title_en="In English", team=[mine])
    write(lacking)
    stale = ProjectFactory(title_en="Before", title_fr="Avant", title_nl="Voor", title_de="Vorher", team=[mine])
    write(stale, changed={"title_fr", "title_nl", "title_de"})
    stale.title_en = "After"
    write(stale, changed={"title_en", "title_nl", "title_de"})

    (french, dutch, german) = Desk(mine).to_translate

    assert [(line.title, line.text) for line in french.lines] == [("After", "out of date"), ("In English", "missing")]
    assert [line.url for line in french.lines] == [
        f"/admin/projects/project/{project.pk}/change/?beside=fr" for project in (stale, lacking)
    ]
    assert told([dutch, german]) == {"Dutch": ["In English"], "German": ["In English"]}


def test_a_row_of_a_project_that_lacks_a_language_is_work_too(mine):
    project = ProjectFactory(title_fr="Un", title_nl="Een", title_de="Eins", title_en="One", team=[mine])
    write(project)
    write(SectionFactory(project=project))

    assert told(Desk(mine).to_translate) == dict.fromkeys(["French", "Dutch", "German"], ["One"])


def test_who_only_reads_a_project_is_not_asked_to_translate_it(mine):
    project = ProjectFactory(title_en="Read by me", team=[staff()])
    write(project)
    TeamMemberFactory(project=project, user=mine, role=TeamMember.Role.READER)

    desk = Desk(mine)

    assert desk.to_translate == []
    assert told(desk.not_public) == {"Drafts": ["Read by me"]}


def test_who_writes_pages_finds_those_to_translate():
    page = Page(slug="about", title_en="About us")
    write(page)

    assert told(Desk(staff("Communications staff")).to_translate) == dict.fromkeys(
        ["French", "Dutch", "German"], ["About us"]
    )
    assert Desk(staff()).to_translate == []


def test_a_few_lines_stand_under_each_heading_and_the_others_are_counted(mine):
    for number in range(8):
        ProjectFactory(title_en=f"Draft {number}", team=[mine])

    (drafts,) = Desk(mine).not_public

    assert (drafts.number, len(drafts.lines), drafts.more) == (8, 6, 2)
    assert "Drafts 8" in read(mine)
    assert "and 2 more" in read(mine)


WAITING = {
    "Project staff": [],
    "Communications staff": ["1 uncertain mail", "1 mail that failed"],
    "Secretariat": [],
    "Data-protection focal point": ["1 account about to be deleted"],
    "Administrator": [
        "1 reported message",
        "1 uncertain mail",
        "1 mail that failed",
        "1 account about to be deleted",
    ],
}


@pytest.mark.parametrize("role", WAITING)
def test_reports_mails_and_requests_wait_for_those_who_may_see_them(role):
    MessageReport.objects.create(message=MessageFactory())
    OutgoingMailFactory(state=State.UNCERTAIN)
    OutgoingMailFactory(state=State.FAILED)
    Erasure.objects.create(user=UserFactory(), due_at=timezone.now() + timedelta(days=14), cancel_key="x")
    person = staff(role)

    assert [line.title for line in Desk(person).of_people] == WAITING[role]

    client = Client()
    client.force_login(person)
    assert [client.get(line.url).status_code for line in Desk(person).of_people] == [200] * len(WAITING[role])


# --- how the projects stand -------------------------------------------------------------------------------------------
def test_targets_that_are_behind_come_first_with_their_bar_and_table(mine):
    project = ProjectFactory(title_en="Mauritania", published=True, team=[mine])
    for name, target, value in [("Reached", 20, 37), ("Behind", 30, 10)]:
        FigureFactory(indicator=IndicatorFactory(project=project, name_en=name, target=target), value=value)
    IndicatorFactory(project=project, name_en="Not known", target=5)
    IndicatorFactory(project=project, name_en="Without a target", target=None)

    desk = Desk(mine)

    assert (desk.behind, desk.unknown) == (1, 1)
    assert desk.targets_table == [
        ["Behind (Mauritania)", "30", "10", "behind"],
        ["Not known (Mauritania)", "5", "-", "not known yet"],
        ["Reached (Mauritania)", "20", "37", "reached"],
    ]
    text = read(mine)
    assert "1 target is behind. Of 1 no source tells a result yet." in text
    assert "Behind Mauritania 10 of 30 behind" in text
    assert "Not known Mauritania target: 5 not known yet" in text


def test_of_what_is_behind_a_project_that_is_over_comes_last(mine):
    for title, status in [("Over", Project.Status.PAST), ("Under way", Project.Status.CURRENT)]:
        indicator = IndicatorFactory(project=ProjectFactory(title_en=title, status=status, team=[mine]))
        FigureFactory(indicator=indicator, value=1)

    assert [target.project.title for target in Desk(mine).targets] == ["Under way", "Over"]


def test_the_years_are_those_in_which_projects_ran(mine):
    this_year = timezone.localdate().year
    ProjectFactory(team=[mine], periods=[(this_year - 3, this_year - 3), (this_year - 1, None)])
    ProjectFactory(team=[mine], periods=[(this_year - 1, this_year - 1)])
    ProjectFactory(periods=[(2001, 2012)])

    assert Desk(mine).years == [(this_year - 3, 1), (this_year - 2, 0), (this_year - 1, 2), (this_year, 1)]


def test_the_latest_changes_of_ones_projects_say_who_did_what(mine):
    project = ProjectFactory(title_en="Ours", lead_en="Told.", team=[mine])
    projects.saved(project=project, actor=mine)
    projects.publish(obj=project, actor=mine)
    others = ProjectFactory(title_en="Theirs")
    projects.saved(project=others, actor=mine)

    changes = Desk(mine).changes

    assert [(change.project.title, change.what, change.who) for change in changes] == [
        ("Ours", "Published", str(mine)),
        ("Ours", "Changed", str(mine)),
    ]
    assert changes[0].project.url == f"/admin/projects/project/{project.pk}/history/"


# --- cost -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["Project staff", "Administrator"])
def test_the_desk_costs_the_same_for_any_number_of_projects(role, django_assert_num_queries):
    person = staff(role)

    def a_project(number):
        project = ProjectFactory(team=[person], periods=[(2019, 2020)])
        write(project)
        write(SectionFactory(project=project))
        FigureFactory(indicator=IndicatorFactory(project=project))
        projects.saved(project=project, actor=person)

    def cost():
        client = Client()
        client.force_login(person)
        client.get("/admin/")
        with django_assert_num_queries(QUERIES[role]):
            client.get("/admin/")

    a_project(0)
    cost()
    for number in range(3):
        a_project(number)
    cost()


#: session, account, rights, is this a demonstration; projects, their rows, indicators, changes; and his teams,
#: or: reports, mails, copies, deletions
QUERIES = {"Project staff": 9, "Administrator": 12}


def test_the_desk_has_nothing_inline_and_each_chart_a_table(mine):
    project = ProjectFactory(team=[mine], periods=[(2019, 2020)])
    FigureFactory(indicator=IndicatorFactory(project=project))
    client = Client()
    client.force_login(mine)
    page = client.get("/admin/").text

    assert "style=" not in page
    assert len(re.findall(r'<svg class="(?:bar|columns)"', page)) == page.count("<details>") == 2
