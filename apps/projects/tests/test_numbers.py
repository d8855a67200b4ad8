"""Targets, and what was achieved: counted from records, or as a source reported it. Never typed where it is counted."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone
from django.utils.translation import override

from apps.core import slots
from apps.core.models import AuditEntry
from apps.members.tests.factories import UserFactory
from apps.projects import counters, numbers
from apps.projects.counters import Counter
from apps.projects.models import Bound, Figure, Indicator, Phase, TeamMember

from .factories import FigureFactory, IndicatorFactory, ProjectFactory, SourceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]
TODAY = date(2019, 12, 31)
COURSES = Counter(
    "tests.courses",
    "Courses",
    records=lambda at: Phase.objects.filter(first_year__lte=at.year),
    project="project_id",
    told=lambda phase: (phase.title, f"/courses/{phase.pk}/"),
)
PEOPLE = Counter(
    "tests.people",
    "People in teams",
    records=lambda at: TeamMember.objects.filter(since__date__lte=at),
    project="project_id",
    counts_people=True,
)


@pytest.fixture
def counting(monkeypatch):
    """An upper app has filled the slot."""
    monkeypatch.setitem(slots._fillers, counters.SLOT, [lambda request, obj: [COURSES, PEOPLE]])


def courses(project, count, year=2019):
    return Phase.objects.bulk_create(
        Phase(project=project, title_en=f"Course {n}", first_year=year) for n in range(count)
    )


def achieved(at=TODAY, **kwargs):
    return numbers.achieved(Indicator.objects.order_by("pk"), at=at, **kwargs)


# --- counted ----------------------------------------------------------------------------------------------------------
def test_what_has_records_is_counted_as_they_stood_that_day_and_not_as_a_source_says(counting):
    indicator = IndicatorFactory(target=20, counter="tests.courses")
    FigureFactory(indicator=indicator, value=99)
    courses(indicator.project, 3, year=2018)
    courses(indicator.project, 34)
    courses(ProjectFactory(), 5)

    (now,), (earlier,) = achieved(), achieved(at=date(2018, 12, 31))

    assert (now.value, now.text, now.basis, now.source) == (37, "37", "counted on 31 December 2019", None)
    assert (earlier.value, earlier.basis) == (3, "counted on 31 December 2018")
    assert (now.target_text, now.is_behind, earlier.is_behind) == ("20", False, True)


def test_no_record_is_none(counting):
    IndicatorFactory(counter="tests.courses")

    assert [number.text for number in achieved()] == ["0"]


def test_a_counter_that_nobody_offers_leaves_what_was_reported():
    FigureFactory(indicator=IndicatorFactory(counter="gone.away"), value=37)

    assert [(number.value, number.is_counted) for number in achieved()] == [(37, False)]


@pytest.mark.parametrize("count", [1, 3])
def test_a_counter_costs_one_query_for_any_number_of_indicators_and_projects(
    counting, count, django_assert_num_queries
):
    for _n in range(count):
        FigureFactory(indicator=IndicatorFactory())
        IndicatorFactory(counter="tests.courses")
        IndicatorFactory(counter="tests.people")

    with django_assert_num_queries(3):  # the indicators with their figures and sources, and each counter that is used
        told = [(number.text, number.basis, str(number.source)) for number in achieved()]

    assert len(told) == 3 * count


# --- reported ---------------------------------------------------------------------------------------------------------
def test_a_reported_number_says_when_and_by_which_source():
    newsletter = SourceFactory(title_en="Diaspora newsletter", title_fr="Lettre de la diaspora")
    indicator = IndicatorFactory(target=20)
    FigureFactory(indicator=indicator, value=12, on=date(2018, 5, 1))
    FigureFactory(
        indicator=indicator, value=37, on=date(2019, 10, 1), precision="month", source=newsletter, note_en="So far"
    )
    FigureFactory(indicator=indicator, value=60, on=date(2020, 1, 1))

    (number,) = achieved()

    assert (number.value, number.basis, number.figure.note) == (37, "reported in October 2019", "So far")
    assert (number.is_counted, number.source) == (False, newsletter)
    with override("fr"):
        assert number.source.title == "Lettre de la diaspora"
    assert [number.value for number in achieved(at=date(2018, 12, 31))] == [12]


def test_a_number_of_a_source_without_a_date_counts_until_a_dated_one_comes():
    indicator = IndicatorFactory()
    FigureFactory(indicator=indicator, value=14, on=None)
    FigureFactory(indicator=indicator, value=20, on=date(2019, 6, 1))

    (before,), (after,) = achieved(at=date(2019, 5, 31)), achieved(at=date(2019, 6, 1))

    assert (before.value, before.basis) == (14, "reported in a source without a date")
    assert after.value == 20


@pytest.mark.parametrize(
    ("precision", "told"),
    [("year", "reported in 2019"), ("month", "reported in October 2019"), ("day", "reported on 5 October 2019")],
)
def test_a_day_is_told_as_exactly_as_it_is_known(precision, told):
    assert numbers.reported(Figure(on=date(2019, 10, 5), precision=precision)) == told


def test_what_nobody_knows_yet_is_said_and_is_behind():
    IndicatorFactory(target=20)

    (number,) = achieved()

    assert (number.value, number.text, number.basis, number.is_behind) == (None, "", "not known yet", True)


@pytest.mark.parametrize(
    ("bound", "text"), [("exactly", "1,250"), ("at_least", "at least 1,250"), ("more_than", "more than 1,250")]
)
def test_a_number_is_told_as_it_is_meant(bound, text):
    FigureFactory(indicator=IndicatorFactory(target=1250, bound=bound), value=1250, bound=bound)

    (number,) = achieved()

    assert (number.text, number.target_text) == (text, text)


@pytest.mark.parametrize(
    ("target", "aim", "value", "reached", "behind"),
    [
        (10, Bound.AT_LEAST, 10, Bound.EXACTLY, False),
        (10, Bound.AT_LEAST, 9, Bound.EXACTLY, True),
        (100, Bound.MORE_THAN, 100, Bound.EXACTLY, True),
        (100, Bound.MORE_THAN, 100, Bound.MORE_THAN, False),
        (None, Bound.EXACTLY, 1, Bound.EXACTLY, False),
    ],
)
def test_who_is_behind_a_target(target, aim, value, reached, behind):
    FigureFactory(indicator=IndicatorFactory(target=target, bound=aim), value=value, bound=reached)

    assert [number.is_behind for number in achieved()] == [behind]


# --- people -----------------------------------------------------------------------------------------------------------
def people(project, count):
    for user in UserFactory.create_batch(count, is_staff=True):
        project.team.create(user=user)


def test_of_people_the_public_learns_no_number_below_five_and_none_of_today(counting):
    today = timezone.localdate()
    indicator = IndicatorFactory(counter="tests.people")
    with time_machine.travel(timezone.now() - timedelta(days=3)):
        people(indicator.project, 4)

    (few,) = achieved(at=today)
    (full,) = achieved(at=today, in_full=True)
    assert (few.value, few.text, few.is_few, few.is_behind) == (None, "fewer than 5", True, False)
    assert (full.value, full.text, full.at) == (4, "4", today)

    people(indicator.project, 2)
    assert [number.is_few for number in achieved(at=today)] == [True]  # two of them came today
    assert [number.value for number in achieved(at=today, in_full=True)] == [6]
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        (told,) = achieved(at=timezone.localdate())
    assert (told.value, told.at) == (6, today)


# --- the page behind a number -----------------------------------------------------------------------------------------
@pytest.fixture
def indicator(counting):
    indicator = IndicatorFactory(target=20, counter="tests.courses")
    courses(indicator.project, 37)
    return indicator


def page(client, number, **asked):
    return client.get(f"/en/projects/numbers/{number.pk}/", asked)


def test_the_public_sees_the_count_and_no_record(indicator, client):
    answer = page(client, indicator)

    assert answer.status_code == 200
    assert "<strong>37</strong>" in answer.content.decode()
    assert "Course 1" not in answer.content.decode()


def test_the_team_opens_the_records_of_a_day(indicator, client):
    client.force_login(UserFactory(is_staff=True))
    assert "Course 1" not in page(client, indicator).content.decode()

    member = UserFactory(is_staff=True)
    indicator.project.team.create(user=member)
    courses(indicator.project, 3, year=timezone.localdate().year)
    client.force_login(member)
    now, then = page(client, indicator), page(client, indicator, day="2019-12-31")

    assert (now.context["number"].value, now.context["paginator"].count) == (40, 40)
    assert (then.context["number"].value, then.context["paginator"].count) == (37, 37)
    first = then.context["rows"][0]
    assert f'<a href="{first[1]}">{first[0]}</a>' in then.content.decode()


def test_a_day_that_is_none_is_today(indicator, client):
    member = UserFactory(is_staff=True)
    indicator.project.team.create(user=member)
    client.force_login(member)

    assert page(client, indicator, day="soon").context["number"].at == timezone.localdate()


def test_the_public_cannot_choose_the_day(indicator, client):
    assert page(client, indicator, day="2019-12-31").context["number"].at == timezone.localdate()


def test_the_number_of_a_draft_is_for_its_team(counting, client):
    indicator = IndicatorFactory(project=ProjectFactory())

    assert page(client, indicator).status_code == 404


def test_a_reported_number_opens_its_sources_for_everybody(client):
    indicator = IndicatorFactory()
    newsletter = SourceFactory(title_en="Diaspora newsletter", url="https://newsletter.example/2019")
    FigureFactory(indicator=indicator, source=newsletter, on=date(2019, 10, 1), precision="month")

    text = page(client, indicator).content.decode()

    assert "<strong>37</strong>" in text
    assert "reported in October 2019" in text
    assert "https://newsletter.example/2019" in text


def test_which_people_were_counted_is_read_with_a_trace(counting, client):
    indicator = IndicatorFactory(counter="tests.people")
    people(indicator.project, 5)
    member = indicator.project.team.first().user
    client.force_login(member)

    assert page(client, indicator).context["paginator"].count == 5
    assert [entry.actor_id for entry in AuditEntry.objects.filter(verb="read.listed")] == [member.pk]
