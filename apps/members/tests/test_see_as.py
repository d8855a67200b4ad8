"""One's own page with the eyes of others: the same template, the same rules, and a bar that says so."""

from datetime import timedelta

import pytest
from django.template import Template
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from apps.core import slots
from apps.members.models import Audience, DataGrant
from apps.members.querysets.profiles import reads_as
from apps.members.services import suspension
from apps.members.tests.factories import ProfileFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]

PARTS = {
    "headline": ("Zqheadline", Audience.PUBLIC),
    "about": ("Zqabout", Audience.MEMBERS),
    "residence": ("Zqplace", Audience.IOM),
}


@pytest.fixture
def profile():
    words = {"headline": "Zqheadline", "about": "Zqabout", "place": "Zqplace"}
    return ProfileFactory(expert=True, **words, **{f"{part}_audience": given for part, (_w, given) in PARTS.items()})


@pytest.fixture
def own(profile):
    browser = Client()
    browser.force_login(profile.user)
    return browser


def as_(audience, **query):
    return reverse("members:profile-as", args=[audience], query=query or None)


def read(own, audience, **query):
    return own.get(as_(audience, **query)).content.decode()


def parts_on(page):
    return {part for part, (word, _audience) in PARTS.items() if word in page}


def test_each_audience_sees_what_the_real_page_shows_it(profile, own, client):
    member = Client()
    member.force_login(ProfileFactory().user)

    assert parts_on(read(own, "everyone")) == parts_on(client.get(profile.get_absolute_url()).content.decode())
    assert parts_on(read(own, "members")) == parts_on(member.get(profile.get_absolute_url()).content.decode())
    assert parts_on(read(own, "everyone")) == {"headline"}
    assert parts_on(read(own, "members")) == {"headline", "about"}
    assert parts_on(read(own, "iom")) == {"headline", "about", "residence"}


@pytest.mark.parametrize("audience", ["everyone", "members", "iom", "host"])
def test_the_bar_leads_to_the_change_and_no_search_engine_keeps_the_page(own, audience):
    page = own.get(as_(audience))

    assert page.templates[0].name == "members/profile.html"
    assert reverse("members:profile-visibility") in page.content.decode()
    assert 'name="robots" content="noindex"' in page.content.decode()
    assert "ld+json" not in page.content.decode()


@pytest.mark.parametrize("listing", [Audience.ONLY_ME, Audience.MEMBERS])
def test_who_finds_no_page_is_shown_none(profile, own, listing):
    profile.listing = listing
    profile.save()

    assert parts_on(read(own, "everyone")) == set()
    assert parts_on(read(own, "members")) == ({"headline", "about"} if listing else set())
    assert "They find no page" in read(own, "everyone")
    assert parts_on(read(own, "iom")) == set(PARTS)


def test_while_i_am_away_nobody_finds_a_page_but_the_team(profile, own):
    suspension.suspend(user=profile.user, until=localdate() + timedelta(days=2))

    assert parts_on(read(own, "everyone")) == parts_on(read(own, "members")) == set()
    assert parts_on(read(own, "iom")) == set(PARTS)


def grant(profile, to, parts, **fields):
    return DataGrant.objects.create(
        user=profile.user, to=to, purpose="A mission in Kigali", parts=parts, wording="Yes.", language="en", **fields
    )


def test_a_host_institution_sees_the_parts_of_its_grant_and_nothing_without_one(profile, own):
    assert parts_on(read(own, "host")) == set()
    assert "Nothing is shared" in read(own, "host")

    hospital = grant(profile, "Hospital of Kigali", ["residence", "a part that is gone"])
    school = grant(profile, "School of Butare", ["about"])

    assert parts_on(read(own, "host")) == {"about"}  # the newest
    assert "Hospital of Kigali" in read(own, "host")
    assert parts_on(read(own, "host", grant=hospital.pk)) == {"residence"}
    school.withdrawn_at = now()
    school.save()
    assert parts_on(read(own, "host", grant=school.pk)) == {"residence"}


def test_an_agreement_that_is_over_and_anothers_show_nothing(profile, own):
    grant(profile, "Hospital of Kigali", ["about"], until=localdate() - timedelta(days=1))
    theirs = grant(ProfileFactory(), "School of Butare", ["about"])

    assert parts_on(read(own, "host", grant=theirs.pk)) == set()
    assert "School of Butare" not in read(own, "host", grant=theirs.pk)


def test_the_ways_in_are_on_the_review_and_on_the_page_of_visibility(own):
    for name in ("profile-review", "profile-visibility"):
        page = own.get(reverse(f"members:{name}")).content.decode()
        assert all(as_(audience) in page for audience in ("everyone", "members", "iom", "host"))


# --- what upper apps add ----------------------------------------------------------------------------------------------
TALKS = Template("<p>Zqtalk for {{ section.reader }}</p>")


@pytest.fixture
def asked(monkeypatch):
    """An app above that adds a section to the page of a profile, and notes for whom it was asked."""
    asked = []

    def talks(request, profile):
        reader = Audience(reads_as(request.user))
        asked.append((reader, request.user.pk, request.user.is_authenticated, profile.pk))
        return [{"title": "Talks", "template": TALKS, "reader": reader.name}]

    monkeypatch.setattr(slots, "_fillers", type(slots._fillers)(list))
    slots.register("member.sections", talks)
    return asked


@pytest.mark.parametrize(
    ("audience", "reader"), [("everyone", Audience.PUBLIC), ("members", Audience.MEMBERS), ("iom", Audience.IOM)]
)
def test_sections_of_upper_apps_are_asked_for_with_the_eyes_of_the_audience(profile, own, asked, audience, reader):
    page = read(own, audience)

    assert asked == [(reader, None, False, profile.pk)]
    assert f"Zqtalk for {reader.name}" in page


def test_the_real_page_asks_for_them_as_whoever_reads_it(profile, own, asked, client):
    other = ProfileFactory()
    member = Client()
    member.force_login(other.user)
    for browser in (client, member, own):
        browser.get(profile.get_absolute_url())

    assert asked == [
        (Audience.PUBLIC, None, False, profile.pk),
        (Audience.MEMBERS, other.user_id, True, profile.pk),
        (Audience.MEMBERS, profile.user_id, True, profile.pk),
    ]


@pytest.mark.parametrize("audience", ["everyone", "members", "host"])
def test_who_finds_no_page_finds_no_section(profile, own, asked, audience):
    grant(profile, "Hospital of Kigali", ["residence"])
    profile.listing = Audience.ONLY_ME
    profile.save()

    assert "Zqtalk" not in read(own, audience)
    assert asked == []
