"""Profiles as a file: with a reason, an entry for each person, and only what is for the team."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils.timezone import localdate
from openpyxl import load_workbook

from apps.core.models import AuditEntry
from apps.core.tests.factories import CountryFactory, LanguageFactory, SectorFactory, SkillFactory
from apps.members.admin import exporting
from apps.members.models import PARTS, Audience, Profile
from apps.members.services import suspension
from apps.members.tests.factories import ProfileFactory, UserFactory

pytestmark = pytest.mark.django_db
WHY = "Shortlist for the mission in Kigali"
PROFILES = reverse("admin:members_profile_changelist")


@pytest.fixture
def colleague():
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="Project staff"))
    return user


@pytest.fixture
def desk(client, colleague):
    client.force_login(colleague)
    return client


def take_out(client, *profiles, address=PROFILES, **form):
    chosen = {"action": "take_out", "_selected_action": [profile.pk for profile in profiles]}
    return client.post(address, chosen | form)


def cells(answer):
    """The rows of the file below its heading, as text."""
    if "spreadsheet" in answer["Content-Type"]:
        rows = load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True)
        return [[value or "" for value in row] for row in rows][1:]
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))[1:]


@pytest.fixture
def aline():
    profile = ProfileFactory(
        display_name="=Aline Uwase",
        headline="Zqheadline",
        about="Zqabout",
        country=CountryFactory(name="Zqcountry"),
        ties=[CountryFactory(name="Zqtie")],
        languages=[LanguageFactory(name="Zqlanguage")],
        skills=[SkillFactory(name="Zqskill")],
        sectors=[SectorFactory(name="Zqsector")],
        offers_talks=True,
        user__email="aline@secret.example",
    )
    profile.occupations.create(title="Zqcareer")
    profile.degrees.create(title="Zqeducation")
    profile.availabilities.create(starts_on="2031-05-01", ends_on="2031-08-31")
    profile.links.create(label="Papers", url="https://zqlinks.example/")
    return profile


TOLD = {
    "headline": "Zqheadline",
    "about": "Zqabout",
    "residence": "Zqcountry",
    "ties": "Zqtie",
    "languages": "Zqlanguage",
    "skills": "Zqskill",
    "sectors": "Zqsector",
    "career": "Zqcareer",
    "education": "Zqeducation",
    "offer": "Talks",
    "availability": "2031",
    "links": "zqlinks",
}


def test_a_reason_comes_first_and_what_was_chosen_is_kept(desk, aline):
    asked = take_out(desk, aline)
    assert asked.templates[0].name == "admin/members/ask.html"
    assert ("_selected_action", str(aline.pk)) in asked.context["kept"]

    for form in ({"purpose": "x", "kind": "csv"}, {"purpose": WHY, "kind": "exe"}, {"purpose": "", "kind": "csv"}):
        again = take_out(desk, aline, **form)
        assert again.context["form"].errors
        assert ("_selected_action", str(aline.pk)) in again.context["kept"]
    assert not AuditEntry.objects.filter(verb="read.exported").exists()


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_each_person_sees_that_a_file_was_made_and_why(desk, colleague, aline, kind):
    others = ProfileFactory.create_batch(2)
    ProfileFactory()

    answer = take_out(desk, aline, *others, purpose=WHY, kind=kind)

    assert answer["Content-Disposition"].endswith(f'.{kind}"')
    assert {row[1].lstrip("'") for row in cells(answer)} == {p.display_name for p in (aline, *others)}
    entries = AuditEntry.objects.filter(verb="read.exported")
    assert {entry.person_id for entry in entries} == {profile.user_id for profile in (aline, *others)}
    assert {(e.actor_id, e.unit, e.purpose, e.target_type) for e in entries} == {
        (colleague.pk, "Project staff", WHY, "members.Profile")
    }
    assert entries[0].detail == {"kind": kind, "people": 3}


@pytest.mark.parametrize("part", TOLD)
def test_a_part_kept_to_oneself_is_in_no_file_nor_is_an_address(desk, aline, part):
    audiences = {f"{other}_audience": Audience.ONLY_ME if other == part else Audience.IOM for other in PARTS}
    Profile.objects.filter(pk=aline.pk).update(**audiences)

    text = str(cells(take_out(desk, aline, purpose=WHY, kind="xlsx")))

    assert {other for other, word in TOLD.items() if word in text} == set(TOLD) - {part}
    assert "secret.example" not in text


def test_a_name_is_never_a_formula(desk, aline):
    book = load_workbook(BytesIO(take_out(desk, aline, purpose=WHY, kind="xlsx").content))

    assert (book.active["B2"].value, book.active["B2"].data_type) == ("=Aline Uwase", "s")
    assert cells(take_out(desk, aline, purpose=WHY, kind="csv"))[0][1] == "'=Aline Uwase"


def test_the_whole_selection_is_what_the_search_finds(desk, aline):
    other = ProfileFactory()
    search = f"{PROFILES}?q=uwase"

    answer = take_out(desk, aline, address=search, select_across="1", purpose=WHY, kind="csv")

    assert len(cells(answer)) == 1
    assert not AuditEntry.objects.filter(verb="read.exported", person_id=other.user_id).exists()


@pytest.mark.parametrize("chosen", ["all", "one"])
def test_no_file_is_made_of_a_search_that_cannot_be_read(desk, aline, chosen):
    """The list shows whom the rest of the search finds: everybody, where the only criterion is a tag that is gone."""
    search = f"{PROFILES}?tag=9999"

    answer = take_out(desk, aline, address=search, select_across=str(int(chosen == "all")), purpose=WHY, kind="csv")

    assert "Content-Disposition" not in answer
    said = desk.get(PROFILES).text
    assert "No file is made of a search that cannot be read. Left aside: Tag." in said
    assert not AuditEntry.objects.filter(verb="read.exported").exists()


@pytest.mark.parametrize("chosen", ["all", "one"])
def test_whoever_is_hidden_is_in_no_file(desk, aline, chosen):
    away = ProfileFactory(display_name="Away")
    suspension.suspend(user=away.user, until=localdate() + timedelta(days=30))

    answer = take_out(desk, aline, away, select_across=str(int(chosen == "all")), purpose=WHY, kind="csv")

    assert [row[1] for row in cells(answer)] == ["'=Aline Uwase"]
    assert not AuditEntry.objects.filter(person_id=away.user_id, verb="read.exported").exists()


def test_more_than_a_file_may_hold_is_refused(desk, monkeypatch):
    monkeypatch.setattr(exporting, "MOST", 2)

    answer = take_out(desk, *ProfileFactory.create_batch(3), purpose=WHY, kind="csv")

    assert answer.status_code == 302
    assert not AuditEntry.objects.filter(verb="read.exported").exists()


@pytest.mark.parametrize("role", ["Secretariat", "Administrator"])
def test_files_of_people_are_for_projects_only(client, aline, role):
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)

    answer = take_out(client, aline, purpose=WHY, kind="csv")

    assert "attachment" not in answer.get("Content-Disposition", "")
    assert not AuditEntry.objects.filter(verb="read.exported").exists()


@pytest.mark.parametrize("count", [1, 3])
def test_a_file_costs_the_same_for_any_number(desk, aline, count, django_assert_num_queries):
    people = [aline, *ProfileFactory.create_batch(count - 1, skills=[SkillFactory()], ties=[CountryFactory()])]
    take_out(desk, *people, purpose=WHY, kind="csv")
    with django_assert_num_queries(23):
        take_out(desk, *people, purpose=WHY, kind="csv")
