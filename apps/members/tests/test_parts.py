"""Work and study, times when somebody is free, links: rows that are added, changed and taken away without a script."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from apps.core.models import AuditEntry
from apps.core.tests.factories import CountryFactory
from apps.members.models import Audience, DirectoryEntry, Offer, Profile
from apps.members.models.profile import EXPERT_OFFERS
from apps.members.querysets.directory import Search
from apps.members.querysets.skills import segments_of
from apps.members.services import career
from apps.members.services.sample_careers import career_of
from apps.members.services.samples import records
from apps.members.tests.factories import ProfileFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def profile():
    return ProfileFactory(display_name="Aline Uwase", listed=True)


@pytest.fixture
def own(client, profile):
    client.force_login(profile.user)
    return client


def page(name):
    return reverse(f"members:profile-{name}")


def rows(**kinds):
    """A filled-in form: for each prefix its rows, as people typed them."""
    typed = {}
    for prefix, given in kinds.items():
        typed |= {f"{prefix}-TOTAL_FORMS": len(given), f"{prefix}-INITIAL_FORMS": 0}
        for number, row in enumerate(given):
            typed |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return typed


JOB = {"title": "Head nurse", "organisation": "Heverlee hospital", "started_on": "2019-03-01"}
DEGREE = {"title": "Bachelor of nursing", "institution": "Artevelde", "year": "2012", "level": "6"}


def test_jobs_and_degrees_are_added_and_a_second_click_changes_nothing(own, profile):
    typed = rows(work=[JOB, {"title": "Nurse", "ended_on": "2019-02-28"}, {}], study=[DEGREE, {}])

    for _click in range(2):
        assert own.post(page("career"), typed).url == page("review")

    assert list(profile.occupations.order_by("pk").values_list("title", "organisation", "started_on", "ended_on")) == [
        ("Head nurse", "Heverlee hospital", date(2019, 3, 1), None),
        ("Nurse", "", None, date(2019, 2, 28)),
    ]
    assert list(profile.degrees.values_list("title", "institution", "year", "level")) == [
        ("Bachelor of nursing", "Artevelde", 2012, 6)
    ]
    assert AuditEntry.objects.filter(verb="members.career_saved").exists()


def test_a_job_is_changed_and_one_taken_away_even_when_it_is_not_right(own, profile):
    kept, gone = (profile.occupations.create(title=title) for title in ("Nurse", "Porter"))

    page_now = own.get(page("career")).content.decode()
    typed = rows(
        work=[
            {"id": kept.pk, "title": "Midwife"},
            {"id": gone.pk, "title": "", "remove": "on"},
        ],
        study=[],
    )
    own.post(page("career"), typed)

    assert f'value="{kept.pk}"' in page_now
    assert list(profile.occupations.values_list("pk", "title")) == [(kept.pk, "Midwife")]


def test_a_row_of_somebody_else_is_neither_changed_nor_taken_away(own):
    other = ProfileFactory().occupations.create(title="Nurse")

    own.post(page("career"), rows(work=[{"id": other.pk, "title": "Thief"}], study=[]))
    own.post(page("career"), rows(work=[{"id": other.pk, "remove": "on"}], study=[]))

    other.refresh_from_db()
    assert other.title == "Nurse"


def test_what_is_wrong_is_said_and_what_was_typed_stays(own, profile):
    late = (localdate() + timedelta(days=4000)).isoformat()
    typed = rows(
        work=[JOB | {"ended_on": "2018-01-01"}, {"title": "", "organisation": "x"}, JOB | {"started_on": late}],
        study=[DEGREE | {"year": "1066"}],
    )

    answer = own.post(page("career"), typed)

    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'role="alert"' in text
    assert "This is before the beginning." in text
    assert "Choose a day between 1930 and five years from now." in text
    assert "Heverlee hospital" in text
    assert text.count("<details") == text.count("open>") == 4
    assert not profile.occupations.exists()


def test_another_row_can_be_added_on_a_fresh_line(own):
    answer = own.post(page("career"), rows(work=[JOB], study=[]) | {"more": ""}, follow=True)

    assert answer.redirect_chain == [(page("career"), 302)]
    assert answer.content.decode().count("<details") == 1 + 1 + 1


@pytest.mark.parametrize("wrong", [{"work-TOTAL_FORMS": "x"}, {}, {"work-TOTAL_FORMS": 900, "work-INITIAL_FORMS": 0}])
@pytest.mark.parametrize("name", ["career", "availability", "links"])
def test_a_broken_form_is_answered_with_a_page(own, name, wrong):
    assert own.post(page(name), wrong).status_code == 200


WINDOW = {"starts_on": "", "ends_on": "", "min_weeks": "4", "max_weeks": "8", "on_site": "on"}


def window(first=30, last=90, **more):
    days = {"starts_on": first, "ends_on": last}
    return WINDOW | {name: localdate() + timedelta(days=days[name]) for name in days} | more


def test_a_time_when_somebody_is_free_says_how_long_how_and_where(own, profile):
    rwanda, kenya = CountryFactory(name="Rwanda", priority=True), CountryFactory(name="Kenya")
    typed = rows(free=[window(remote="on", countries=[rwanda.pk], country=kenya.pk), {"on_site": "on"}])

    for _click in range(2):
        assert own.post(page("availability"), typed).url == page("review")

    free = profile.availabilities.get()
    assert (free.min_weeks, free.max_weeks, free.on_site, free.remote) == (4, 8, True, True)
    assert set(free.countries.all()) == {rwanda, kenya}
    again = own.get(page("availability")).content.decode()
    assert again.count("checked") >= 3  # on site, at a distance, and Kenya stands among the boxes now

    own.post(page("availability"), rows(free=[window(id=free.pk, countries=[rwanda.pk])]))
    free.refresh_from_db()
    assert (free.remote, list(free.countries.all())) == (False, [rwanda])
    own.post(page("availability"), rows(free=[{"id": free.pk, "remove": "on"}]))
    assert not profile.availabilities.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"last": 10}, "This is before the beginning."),
        ({"max_weeks": "2"}, "This is less than “at least”."),
        ({"on_site": ""}, "On site, at a distance, or both?"),
        ({"last": 4000}, "Choose a day between last year and five years from now."),
    ],
)
def test_a_time_that_cannot_be_is_asked_about_again(own, profile, wrong, said):
    answer = own.post(page("availability"), rows(free=[window(**wrong)]))

    assert said in answer.content.decode()
    assert not profile.availabilities.exists()


def test_links_are_https_and_stand_once(own, profile):
    link = {"label": "Portfolio", "url": "https://example.org/me"}
    wrong = own.post(page("links"), rows(link=[{"label": "Old", "url": "http://example.org/"}]))
    script = own.post(page("links"), rows(link=[{"label": "Bad", "url": "javascript:alert(1)"}]))
    twice = own.post(page("links"), rows(link=[link, link]))
    assert "Enter an address that begins with https://." in wrong.content.decode()
    assert script.status_code == 200
    assert "An address is there twice." in twice.content.decode()
    assert not profile.links.exists()

    for _click in range(2):
        own.post(page("links"), rows(link=[link]))
    old = profile.links.get()
    own.post(page("links"), rows(link=[{"id": old.pk, "label": "My work", "url": "https://example.org/work"}]))
    assert list(profile.links.values_list("label", "url")) == [("My work", "https://example.org/work")]

    own.post(page("links"), rows(link=[{"id": profile.links.get().pk, "remove": "on"}]))
    assert not profile.links.exists()


def test_two_links_may_change_places(own, profile):
    one, two = (profile.links.create(label=name, url=f"https://example.org/{name}") for name in ("one", "two"))

    changed = [{"id": one.pk, "label": "two", "url": two.url}, {"id": two.pk, "label": "one", "url": one.url}]
    career.save_links(user=profile.user, links=changed)

    assert set(profile.links.values_list("pk", "label", "url")) == {
        (one.pk, "two", two.url),
        (two.pk, "one", one.url),
    }


def test_a_profile_holds_twenty_rows_of_a_kind_at_most(profile):
    career.save_career(
        user=profile.user, occupations=[{"id": None, "title": f"Job {n}"} for n in range(25)], degrees=[]
    )

    assert profile.occupations.count() == career.MOST


def test_the_search_finds_work_study_and_the_name_in_another_script_and_never_a_link(profile):
    def found(text):
        search = Search(audience=Audience.MEMBERS, segments=segments_of(text))
        return DirectoryEntry.objects.find(search).total

    profile.other_name = "سلمى حداد"
    profile.save()
    profile.links.create(label="Zqlabel", url="https://zqaddress.example.org/")
    career.save_career(
        user=profile.user,
        occupations=[{"id": None, "title": "Zqtitle", "organisation": "Zqhospital"}],
        degrees=[{"id": None, "title": "Zqdegree", "institution": "Zqschool"}],
    )

    words = ["Zqtitle", "Zqhospital", "Zqdegree", "Zqschool", "سلمى", "Zqlabel", "zqaddress.example.org"]
    assert [found(word) for word in words] == [1, 1, 1, 1, 1, 0, 0]


def test_the_name_in_another_script_stands_beside_the_name_in_its_own_direction(client, profile):
    profile.other_name = "سلمى حداد"
    profile.listing, profile.offers_talks = Audience.PUBLIC, True
    profile.save()
    career.save_links(user=profile.user, links=[])

    for address in (profile.get_absolute_url(), reverse("members:directory")):
        assert '<span class="native" dir="auto">سلمى حداد</span>' in client.get(address).content.decode()


# --- what is offered --------------------------------------------------------------------------------------------------
def test_every_offer_has_a_field_of_the_profile_and_a_code_of_its_own():
    fields = {field.name for field in Profile._meta.concrete_fields if field.name.startswith("offers_")}

    assert {offer.field for offer in Offer} == fields
    assert [offer.code for offer in Offer] == ["assignment", "remote", "talk", "mentoring", "training"]
    assert Offer.TRAINING == 5


def test_the_rule_of_one_expert_and_of_many_is_the_same():
    for offer, listing, audience in product([None, *Offer], [0, 2, 3], [2, 3]):
        offers = {offer.field: True} if offer else {}
        ProfileFactory(listing=listing, offer_audience=audience, **offers)
    ProfileFactory(expert=True, user__is_active=False)
    ProfileFactory(expert=True, suspended_until=localdate() + timedelta(days=3))

    experts = Profile.objects.public_experts()

    assert set(experts) == {profile for profile in Profile.objects.all() if profile.is_expert}
    assert len(experts) == len(EXPERT_OFFERS)


def test_invented_people_tell_of_work_study_and_time_the_same_each_time():
    own = records()[:40]
    told = [career_of(record) for record in own]

    assert told == [career_of(record) for record in own]
    assert sum(bool(each["occupations"]) for each in told) > 20
    assert sum(bool(each["degrees"]) for each in told) > 15
    assert any(each["windows"] for each in told)
