"""Who is away, or does not want to be seen by somebody, is at once in no channel of any reader concerned."""

import json
from datetime import timedelta
from io import BytesIO
from itertools import permutations

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser, Group
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now
from PIL import Image

from apps.core import vocabulary
from apps.core.tests.factories import CountryFactory, RegionFactory, SectorFactory, SkillFactory
from apps.members import permissions
from apps.members.models import Audience, DirectoryEntry, Facet, Profile
from apps.members.querysets.blocks import profiles_hidden_from
from apps.members.querysets.directory import Search
from apps.members.querysets.profiles import reads_as
from apps.members.querysets.skills import segments_of
from apps.members.services import blocks, suspension
from apps.members.tests.factories import ProfileFactory, UserFactory
from apps.portal.search import everywhere

pytestmark = [pytest.mark.django_db, pytest.mark.services]

NAME = "Zqaline Uwase"
VIEWERS = ["visitor", "newcomer", "member", "other", "staff", "team"]
WEEK = timedelta(days=7)
SIZES = ["photo", "photo-large"]


class World:
    """Somebody with a word for every channel, and readers of every kind; "other" is the one whom it will concern."""

    def __init__(self):
        data = BytesIO()
        Image.new("RGB", (8, 8)).save(data, "WEBP")
        self.sector, self.tie = SectorFactory(name="Zqsector"), CountryFactory(name="Zqtie")
        self.region = RegionFactory(name="Zqregion", country=CountryFactory(name="Belgium", code="BE"), code="BE-ZZQ")
        self.profile = ProfileFactory(
            expert=True,
            display_name=NAME,
            headline="Zqheadline",
            region=self.region,
            country=self.region.country,
            ties=[self.tie],
            ties_audience=Audience.PUBLIC,
            sectors=[self.sector],
            skills=[SkillFactory(name="Zqskill")],
            photo=ContentFile(data.getvalue(), name="zq.webp"),
            photo_audience=Audience.PUBLIC,
        )
        team = UserFactory(is_staff=True)
        team.groups.set(Group.objects.all())
        self.viewers = {
            "visitor": AnonymousUser(),
            "newcomer": UserFactory(),
            "member": ProfileFactory().user,
            "other": ProfileFactory(listed=True).user,
            "staff": UserFactory(is_staff=True),
            "team": team,
        }
        vocabulary.forget()


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)
    vocabulary.forget()


@pytest.fixture
def world(made):
    """The same people for each test; what it does to them is taken back."""
    with transaction.atomic():
        yield made
        transaction.set_rollback(True)


def browser(viewer):
    client = Client()
    if viewer.is_authenticated:
        client.force_login(viewer)
    return client


def text_of(client, address):
    page = client.get(address)
    return page.getvalue().decode(errors="replace") if page.status_code == 200 else ""


# --- every channel: does it show the person to this viewer? -----------------------------------------------------------
def by_page(world, viewer):
    return NAME in text_of(browser(viewer), world.profile.get_absolute_url())


def by_photo(world, viewer):
    answers = [browser(viewer).get(reverse(f"members:{size}", args=[world.profile.public_id])) for size in SIZES]
    for answer in answers:
        answer.getvalue()
    (status,) = {answer.status_code for answer in answers}
    return status == 200


def in_the_list(tab, query=""):
    def shown(world, viewer):
        return NAME in text_of(browser(viewer), reverse(f"members:{tab}") + query)

    return shown


def by_search(text):
    def found(world, viewer):
        search = Search(audience=reads_as(viewer), segments=segments_of(text))
        rows = DirectoryEntry.objects.find(search, without=profiles_hidden_from(viewer)).rows
        return any(json.loads(card)["id"] == world.profile.public_id for card in rows)

    return found


def in_counts(kind, term):
    def counted(world, viewer):
        search = Search(audience=reads_as(viewer))
        counts = DirectoryEntry.objects.find(search, without=profiles_hidden_from(viewer)).counts
        return counts.get(kind.token(getattr(world, term).pk), 0) > 0

    return counted


def in_the_facets(world, viewer):
    page = browser(viewer).get(reverse("members:directory"))
    labels = {option.label for group in page.context["groups"] for option in group.options}
    return bool(labels & {"Zqsector", "Zqtie", "Zqregion"})


def on_the_map(name, place):
    def drawn(world, viewer):
        return place in browser(viewer).get(reverse("members:directory")).context[name].table

    return drawn


def in_the_total(world, viewer):
    return browser(viewer).get(reverse("members:directory")).context["found"].total > 0


def among_similar_names(world, viewer):
    page = browser(viewer).get(reverse("members:directory") + "?q=zqaline+uwasa")
    return any(NAME in card for card in page.context["similar"])


def by_the_search_over_everything(world, viewer):
    sources = everywhere("zqheadline", viewer)
    return any(NAME in card for source in sources if source.kind == "people" for card in source.hits)


CHANNELS = {
    "page": by_page,
    "photo": by_photo,
    "experts": in_the_list("directory"),
    "members": in_the_list("directory-members"),
    "list by name": in_the_list("directory", "?sort=name"),
    "list by facet": in_the_list("directory", "?lives=BE-ZZQ"),
    "name": by_search("zqaline"),
    "headline": by_search("zqheadline"),
    "skill": by_search("zqskill"),
    "count of the field": in_counts(Facet.SECTOR, "sector"),
    "count of the tie": in_counts(Facet.TIE, "tie"),
    "count of the region": in_counts(Facet.LIVES, "region"),
    "facets": in_the_facets,
    "map of residence": on_the_map("map_of_residence", "Zqregion"),
    "map of ties": on_the_map("map_of_ties", "Zqtie"),
    "total": in_the_total,
    "similar names": among_similar_names,
    "search over everything": by_the_search_over_everything,
}
CLOSED = {("members", "visitor"), ("members", "newcomer")}  # the list that only members read


def expected(channel, seers):
    return {who for who in seers if (channel, who) not in CLOSED}


def seen(world, channel):
    return {who for who, viewer in world.viewers.items() if CHANNELS[channel](world, viewer)}


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_channel_shows_somebody_who_is_there_to_all(world, channel):
    """The guard of the guard."""
    assert seen(world, channel) == expected(channel, VIEWERS)


@pytest.mark.parametrize("channel", CHANNELS)
def test_who_is_away_is_in_no_channel_and_back_on_the_day(world, channel):
    suspension.suspend(user=world.profile.user, until=localdate() + WEEK)
    assert seen(world, channel) == set()

    with time_machine.travel(now() + WEEK):
        suspension.bring_back()
        assert seen(world, channel) == expected(channel, VIEWERS)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("blocker", ["person", "other"])
def test_a_block_holds_in_every_channel_for_the_two_and_for_nobody_else(world, channel, blocker):
    two = [world.profile.user, world.viewers["other"]]
    one, another = two if blocker == "person" else reversed(two)

    block = blocks.block(blocker=one, blocked=another)
    assert seen(world, channel) == expected(channel, set(VIEWERS) - {"other"})

    blocks.unblock(block=block)
    assert seen(world, channel) == expected(channel, VIEWERS)


def test_who_is_away_sees_himself(world):
    suspension.suspend(user=world.profile.user, until=localdate() + WEEK)

    assert by_page(world, world.profile.user)
    assert by_photo(world, world.profile.user)


def test_the_sitemap_holds_nobody_who_is_away_and_those_alone_are_proposed_who_are_here(client, world):
    assert world.profile.public_id in text_of(client, reverse("sitemap", args=["experts"]))

    suspension.suspend(user=world.profile.user, until=localdate() + WEEK)

    assert world.profile.public_id not in text_of(client, reverse("sitemap", args=["experts"]))
    assert world.profile not in Profile.objects.showing()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("shut", ["away", "blocked", "blocking"])
def test_nobody_writes_to_whom_he_does_not_find(world, shut, method):
    one, another = world.profile.user, world.viewers["other"]
    door = reverse("members:write", args=[world.profile.public_id])
    sender = browser(another)
    assert sender.get(door).status_code == 200

    if shut == "away":
        suspension.suspend(user=one, until=localdate() + WEEK)
    else:
        blocks.block(blocker=one if shut == "blocked" else another, blocked=another if shut == "blocked" else one)

    answer = getattr(sender, method)(door, {"subject": "Hello", "text": "Do you hear me?"})
    assert answer.status_code == 404
    assert not one.messages_received.exists()


def test_the_list_and_the_rule_agree_whoever_has_shut_out_whom():
    """Every pair of people, with a block either way, both ways or none, and each of them here, away or back today."""
    today = localdate()
    days = [None, today + WEEK, today, today - WEEK]
    people = [
        ProfileFactory(listing=listing, suspended_until=day)
        for listing in (Audience.ONLY_ME, Audience.MEMBERS, Audience.PUBLIC)
        for day in days
    ]
    team = UserFactory(is_staff=True)
    team.groups.set(Group.objects.all())
    viewers = [AnonymousUser(), UserFactory(), UserFactory(is_staff=True), team, *(person.user for person in people)]
    for number, (one, another) in enumerate(permutations([v for v in viewers if v.is_authenticated], 2)):
        if number % 3 == 0:
            blocks.block(blocker=one, blocked=another)

    for viewer in viewers:
        listed = set(Profile.objects.visible_to(viewer)) & set(people)
        ruled = {person for person in people if permissions.can_see(viewer, person)}
        assert listed == ruled, viewer
        hidden = profiles_hidden_from(viewer)
        for person in people:
            if viewer.is_authenticated and person.user != viewer:
                assert (person.pk in hidden) == permissions.are_apart(viewer, person.user)
            assert not permissions.can_write_to(viewer, person) or permissions.can_open(viewer, person)
