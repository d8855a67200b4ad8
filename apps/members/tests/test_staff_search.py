"""The staff's search over profiles: every criterion, nothing by a hidden part, and searches that stay current."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from apps.core import vocabulary
from apps.core.models import AuditEntry, SkillName
from apps.core.tests.factories import CountryFactory, LanguageFactory, SectorFactory, SkillFactory
from apps.members.models import PARTS, Audience, Profile, SavedSearch, Tag
from apps.members.services import erasure, suspension
from apps.members.tests.factories import ProfileFactory, UserFactory

pytestmark = pytest.mark.django_db
PROFILES = reverse("admin:members_profile_changelist")


def staff_of(role):
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def colleague():
    return staff_of("Project staff")


@pytest.fixture
def desk(client, colleague):
    client.force_login(colleague)
    return client


def found(client, **asked):
    page = client.get(PROFILES, asked)
    assert page.status_code == 200
    return set(page.context["cl"].result_list)


def skill(name, parent=None):
    made = SkillFactory(name=name, parent=parent)
    made.lineage = [made.pk, *(parent.lineage if parent else [])]
    made.save()
    SkillName.objects.get_or_create(skill=made, language="en", key=name.lower())
    return made


@pytest.fixture
def aline():
    """A member who tells something in every part, each to the IOM team only."""
    health = skill("Health professions")
    profile = ProfileFactory(
        display_name="Aline Uwase",
        other_name="ألين",
        headline="Zqheadline",
        about="Zqabout",
        country=CountryFactory(code="BE", name="Belgium"),
        place="Zqplace",
        languages=[LanguageFactory(code="rw", name="Kinyarwanda")],
        skills=[skill("Midwifery", health)],
        sectors=[SectorFactory(slug="health", name="Health care")],
        offers_training=True,
    )
    profile.occupations.create(title="Zqjob", organisation="Zqclinic")
    profile.degrees.create(title="Zqdegree", institution="Zqschool")
    profile.availabilities.create(starts_on=date(2031, 5, 1), ends_on=date(2031, 8, 31))
    keep_to_oneself(profile)
    vocabulary.forget()
    yield profile
    vocabulary.forget()


def keep_to_oneself(profile, *parts):
    audiences = {f"{part}_audience": Audience.ONLY_ME if part in parts else Audience.IOM for part in PARTS}
    Profile.objects.filter(pk=profile.pk).update(**audiences)


CRITERIA = [
    ("headline", {"q": "zqheadline"}),
    ("about", {"q": "Zqab"}),
    ("residence", {"q": "zqplace"}),
    ("career", {"q": "zqjob"}),
    ("career", {"q": "zqclinic"}),
    ("education", {"q": "zqdegree"}),
    ("education", {"q": "zqschool"}),
    ("skills", {"q": "midwif"}),
    ("skills", {"skill": "midwifery"}),
    ("skills", {"skill": "Health professions"}),
    ("languages", {"language": "rw"}),
    ("languages", {"language": "rw", "level": "B1"}),
    ("residence", {"country": "BE"}),
    ("sectors", {"sector": "health"}),
    ("offer", {"offer": "offers_training"}),
    ("availability", {"free_from": "2031-08-01"}),
    ("availability", {"free_from": "2031-01-01", "free_until": "2031-05-01"}),
    ("availability", {"free_until": "2031-06-01"}),
]


@pytest.mark.parametrize(("part", "asked"), CRITERIA)
def test_each_criterion_finds_who_shows_it_to_the_team_and_nobody_who_does_not(desk, aline, part, asked):
    ProfileFactory(display_name="Somebody Else")

    assert found(desk, **asked) == {aline}
    keep_to_oneself(aline, part)
    assert found(desk, **asked) == set()
    keep_to_oneself(aline, *(set(PARTS) - {part}))
    assert found(desk, **asked) == {aline}


@pytest.mark.parametrize(
    "asked",
    [
        {"skill": "carpentry"},
        {"skill": "'; --"},
        {"language": "rw", "level": "C1"},
        {"free_from": "2031-09-01"},
        {"free_until": "2031-04-30"},
        {"offer": "offers_talks"},
        {"q": "uwase zqnothing"},
    ],
)
def test_who_does_not_meet_it_is_not_found(desk, aline, asked):
    assert found(desk, **asked) == set()


def test_a_name_in_either_script_is_found_and_words_are_taken_together(desk, aline):
    assert found(desk, q="ألين") == found(desk, q="uwase zqheadline zqclinic") == {aline}


@pytest.mark.parametrize(
    "asked",
    [{"free_from": "yesterday"}, {"language": "xx"}, {"listed": "x' OR 1=1"}, {"tag": "9999"}, {"country": "ZZ"}],
)
def test_what_cannot_be_read_is_said_and_narrows_nothing(desk, aline, asked):
    page = desk.get(PROFILES, asked)

    assert set(page.context["cl"].result_list) == {aline}
    assert "errorlist" in page.text


def test_a_skill_that_nobody_has_leads_to_those_it_may_have_meant(desk, aline):
    page = desk.get(PROFILES, {"skill": "midwifry"})

    assert list(page.context["cl"].result_list) == []
    assert "?skill=Midwifery" in page.text


def test_profiles_are_found_by_tag(desk, aline):
    ProfileFactory()
    tag = Tag.objects.create(name="Speaker")
    tag.profiles.add(aline)

    assert found(desk, tag=tag.pk) == {aline}


# --- who is away ------------------------------------------------------------------------------------------------------
AWAY = {  # what its page says → how it comes
    "Hidden until": lambda user: suspension.suspend(user=user, until=localdate() + timedelta(days=30)),
    "Deleted at": lambda user: erasure.ask(user=user),
    "This account is closed": lambda user: erasure.open_or_close(user=user, active=False, actor=UserFactory()),
}


@pytest.mark.parametrize("go", AWAY.values(), ids=AWAY)
def test_whoever_is_away_is_in_no_list_no_search_and_no_count_of_the_staff(desk, aline, go):
    """As the pages promise on which one hides one's profile, or asks for the end of the account."""
    Tag.objects.create(name="Speaker").profiles.add(aline)
    save(desk, "Midwives", "skill=midwifery")
    go(aline.user)

    assert found(desk) == found(desk, q="uwase") == found(desk, skill="midwifery") == set()
    assert saved(desk) == {"Midwives": 0}
    desk.force_login(staff_of("Administrator"))
    tags = desk.get(reverse("admin:members_tag_changelist")).context["cl"].result_list
    assert [(tag.name, tag.people) for tag in tags] == [("Speaker", 0)]
    accounts = reverse("admin:members_user_changelist")
    assert "Uwase" not in desk.get(accounts).text
    assert list(desk.get(accounts, {"q": "uwase"}).context["cl"].result_list) == []
    assert list(desk.get(accounts, {"q": aline.user.email}).context["cl"].result_list) == [aline.user]


@pytest.mark.parametrize(("says", "go"), AWAY.items())
def test_the_record_of_somebody_away_still_opens_by_its_number_and_says_so(desk, aline, go, says):
    address = reverse("admin:members_profile_change", args=[aline.pk])
    go(aline.user)

    desk.post(address, {"then": "open", "purpose": "He asked us for his notes"})
    page = desk.get(address).text

    assert "Aline Uwase" in page
    assert says in page


def test_whoever_comes_back_is_found_again(desk, aline):
    suspension.suspend(user=aline.user, until=localdate() + timedelta(days=30))
    suspension.resume(user=aline.user)

    assert found(desk, skill="midwifery") == {aline}


# --- saved searches ---------------------------------------------------------------------------------------------------
def saved(client):
    return {search.name: search.people for search in client.get(PROFILES).context["saved"]}


def save(client, name, query, **more):
    return client.post(reverse("admin:members_profile_search_save"), {"name": name, "query": query, **more})


def test_a_saved_search_stays_current(desk, aline, colleague):
    save(desk, "Midwives in Belgium", "skill=midwifery&country=BE&p=3&o=1&free_from=&secret=1")
    save(desk, "Carpenters", "skill=carpentry")

    assert SavedSearch.objects.get(name="Midwives in Belgium").query == "skill=midwifery&country=BE"
    assert saved(desk) == {"Midwives in Belgium": 1, "Carpenters": 0}
    keep_to_oneself(aline, "skills")
    assert saved(desk) == {"Midwives in Belgium": 0, "Carpenters": 0}
    assert AuditEntry.objects.filter(verb="members.search_saved", actor_id=colleague.pk).count() == 2


def test_the_same_name_again_is_the_newer_search(desk, aline):
    save(desk, "Mine", "q=uwase")
    answer = save(desk, "Mine", "q=zqnobody", shared="on")

    search = SavedSearch.objects.get()
    assert (search.query, search.shared) == ("q=zqnobody", True)
    assert answer.url == f"{PROFILES}?q=zqnobody"


def test_colleagues_see_what_is_shared_and_delete_only_what_is_theirs(desk, aline):
    save(desk, "Shared", "q=uwase", shared="on")
    save(desk, "Mine", "q=uwase")
    other = Client()
    other.force_login(staff_of("Secretariat"))
    shared, mine = SavedSearch.objects.get(shared=True), SavedSearch.objects.get(shared=False)

    def delete(client, search):
        return client.post(reverse("admin:members_profile_search_delete", args=[search.pk])).status_code

    assert saved(other) == {"Shared": 1}
    assert (delete(other, shared), delete(other, mine)) == (403, 404)
    assert (delete(desk, shared), delete(desk, mine)) == (302, 302)
    assert saved(desk) == {}


@pytest.mark.parametrize(("name", "query"), [("", "q=uwase"), ("x" * 101, "q=uwase"), ("Nothing", "p=2&o=1")])
def test_a_search_without_a_name_or_a_question_is_asked_again_and_loses_nothing(desk, name, query):
    page = save(desk, name, query)

    assert page.status_code == 200
    assert page.context["form"].errors
    assert page.context["form"]["name"].value() == name
    assert not SavedSearch.objects.exists()


LOST = {
    "tag=9999": "Tag",
    "q=uwase&country=ZZ": "Lives in",
    "language=xx&level=B1": "Language",
    "level=B1": "At least",
    "tag=9999&free_from=yesterday": "Free from, Tag",
}


@pytest.mark.parametrize(("query", "names"), LOST.items())
def test_a_saved_search_of_which_a_part_is_gone_finds_nobody_and_says_why(desk, aline, colleague, query, names):
    SavedSearch.objects.create(owner=colleague, name="Old", query=query)

    assert saved(desk) == {"Old": 0}
    assert f"finds nobody, because this is gone: {names}" in desk.get(PROFILES).text
    assert f"Left aside, because it cannot be read: {names}." in desk.get(f"{PROFILES}?{query}").text


def test_a_saved_search_by_a_tag_finds_nobody_once_the_tag_is_gone(desk, aline):
    ProfileFactory()
    tag = Tag.objects.create(name="Speaker")
    tag.profiles.add(aline)
    save(desk, "Speakers", f"tag={tag.pk}")
    assert saved(desk) == {"Speakers": 1}

    tag.delete()

    assert saved(desk) == {"Speakers": 0}


def test_what_cannot_be_read_is_not_kept(desk, aline):
    page = save(desk, "Speakers", "q=uwase&tag=9999")

    assert "This search cannot be read: Tag." in page.text
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_saved_searches_cost_the_same_for_any_number(desk, aline, colleague, django_assert_num_queries, count):
    for number in range(count):
        SavedSearch.objects.create(owner=colleague, name=f"Search {number}", query="skill=midwifery&language=rw")
    desk.get(PROFILES)
    with django_assert_num_queries(12):
        assert saved(desk) == {f"Search {number}": 1 for number in range(count)}
