"""What a reader may not see, he neither reads nor finds: every part × audience × reader × way of reading."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format
from PIL import Image

from apps.core import vocabulary
from apps.core.tests.factories import CountryFactory, LanguageFactory, RegionFactory, SectorFactory, SkillFactory
from apps.members.models import COUNTRIES, PARTS, Audience, DirectoryEntry, Facet, Profile
from apps.members.querysets.directory import Search
from apps.members.querysets.profiles import reads_as
from apps.members.querysets.skills import segments_of
from apps.members.services import directory
from apps.members.tests.factories import ProfileFactory, UserFactory
from apps.portal.search import everywhere

pytestmark = [pytest.mark.django_db, pytest.mark.services]

# languages and offers are facets; when somebody is free and his links are found by nobody
SEARCHED = ["headline", "about", "residence", "ties", "skills", "sectors", "career", "education"]
LISTINGS = [Audience.ONLY_ME, Audience.MEMBERS, Audience.PUBLIC]


@dataclass(eq=False)
class Person:
    """Somebody with words of his own in every part, of which one is open to one audience.

    What he offers is open to everyone besides, so that he stands among the experts, whom visitors find.
    """

    profile: Profile
    part: str
    audience: Audience
    words: dict[str, list[str]]
    facets: dict[str, list[tuple[Facet, int]]]

    def opened_to(self, reader):
        """The parts that this audience may see."""
        audiences = {"offer": Audience.PUBLIC, self.part: self.audience}
        return {part for part, audience in audiences.items() if min(self.profile.listing, audience) >= reader}

    def shows_part_to(self, viewer):
        return viewer == self.profile.user or self.part in self.opened_to(reads_as(viewer))

    def secrets_from(self, viewer):
        """The words of the parts that this viewer may not see."""
        if viewer == self.profile.user:
            return []
        opened = self.opened_to(reads_as(viewer))
        return [word for part, words in self.words.items() if part not in opened for word in words]

    def is_found_by(self, viewer):
        """Among the people whom this viewer's searches go through."""
        reader = reads_as(viewer)
        return self.profile.listing >= reader and (reader == Audience.MEMBERS or "offer" in self.opened_to(reader))


def person(number, part, listing, audience):
    tie, home = CountryFactory(name=f"Zqtie{number}"), CountryFactory(name=f"Zqcountry{number}")
    region = RegionFactory(name=f"Zqregion{number}", country=home, code=f"ZZ-{number:03d}")
    language, sector = LanguageFactory(name=f"Zqlanguage{number}"), SectorFactory(name=f"Zqsector{number}")
    skill, day = SkillFactory(name=f"Zqskill{number}", sector=sector), date(2031, 1, 1) + timedelta(days=number)
    profile = ProfileFactory(
        display_name=f"Person {number}",
        headline=f"Zqheadline{number}",
        about=f"Zqabout{number}",
        country=home,
        region=region,
        place=f"Zqplace{number}",
        photo=photo(number),
        available_from=day,
        offers_assignments=True,
        offers_talks=True,
        ties=[tie],
        sectors=[sector],
        languages=[language],
        skills=[skill],
        listing=listing,
        **{f"{name}_audience": Audience.ONLY_ME for name in PARTS}
        | {"offer_audience": Audience.PUBLIC, f"{part}_audience": audience},
    )
    profile.occupations.create(title=f"Zqjob{number}", organisation=f"Zqemployer{number}")
    profile.degrees.create(title=f"Zqdegree{number}", institution=f"Zqschool{number}")
    profile.links.create(label=f"Zqlink{number}", url=f"https://zqaddress{number}.example.org/")
    free = date(2041, 1, 1) + timedelta(days=number)
    window = profile.availabilities.create(starts_on=free, ends_on=date(2051, 1, 1) + timedelta(days=number))
    window.countries.add(CountryFactory(name=f"Zqready{number}"))
    directory.refresh(profile)
    return Person(
        profile,
        part,
        audience,
        words={
            "headline": [f"Zqheadline{number}"],
            "about": [f"Zqabout{number}"],
            "photo": [reverse("members:photo", args=[profile.public_id])],
            "residence": [f"Zqplace{number}", f"Zqregion{number}", f"Zqcountry{number}"],
            "ties": [f"Zqtie{number}"],
            "languages": [f"Zqlanguage{number}"],
            "skills": [f"Zqskill{number}"],
            "sectors": [f"Zqsector{number}"],
            "career": [f"Zqjob{number}", f"Zqemployer{number}"],
            "education": [f"Zqdegree{number}", f"Zqschool{number}"],
            "offer": [date_format(day, "j F Y"), day.isoformat()],
            "availability": [f"Zqready{number}", date_format(free, "j F Y"), free.isoformat()],
            "links": [f"Zqlink{number}", f"zqaddress{number}"],
        },
        facets={
            "residence": [(Facet.LIVES, region.pk), (Facet.LIVES, COUNTRIES + home.pk)],
            "ties": [(Facet.TIE, tie.pk)],
            "languages": [(Facet.LANGUAGE, language.pk)],
            "sectors": [(Facet.SECTOR, sector.pk)],
        },
    )


def photo(number):
    data = BytesIO()
    Image.new("RGB", (8, 8)).save(data, "WEBP")
    return ContentFile(data.getvalue(), name=f"{number}.webp")


@pytest.fixture(scope="module")
def world(request, django_db_setup, django_db_blocker):
    """People of every kind, with one part open, and all kinds of readers; made once for all tests about that part."""
    with django_db_blocker.unblock(), transaction.atomic():
        kinds = [(listing, audience) for listing in LISTINGS for audience in Audience]
        people = [person(100 + number, request.param, *kind) for number, kind in enumerate(kinds)]
        staff = UserFactory(is_staff=True)
        staff.groups.set(Group.objects.all())
        vocabulary.forget()
        yield people, [AnonymousUser(), UserFactory(), ProfileFactory().user, staff, people[-1].profile.user]
        transaction.set_rollback(True)
    vocabulary.forget()


@pytest.fixture
def people(world):
    return world[0]


@pytest.fixture
def viewers(world):
    return world[1]


def about(*parts):
    return pytest.mark.parametrize("world", parts, indirect=True)


def browser(viewer):
    client = Client()
    if viewer.is_authenticated:
        client.force_login(viewer)
    return client


def text_of(page):
    return page.getvalue().decode(errors="replace")


@about(*PARTS)
def test_no_page_shows_what_its_reader_may_not_see(people, viewers):
    for viewer in viewers:
        client = browser(viewer)
        lists = "".join(text_of(client.get(reverse(f"members:{name}"))) for name in ("directory", "directory-members"))
        for somebody in people:
            address = somebody.profile.get_absolute_url()
            page = client.get(address)
            seen = lists + (text_of(page) if page.status_code == 200 else "")
            assert [word for word in somebody.secrets_from(viewer) if word in seen] == [], (viewer, somebody)
            if viewer != somebody.profile.user and somebody.profile.listing < reads_as(viewer):
                assert page.status_code == 404
                assert address not in lists


@about(*PARTS)
def test_what_a_reader_may_see_is_on_the_page(people, viewers):
    """The guard of the guard: the words looked for above are words that do appear."""
    for viewer in viewers:
        client = browser(viewer)
        for somebody in people:
            if somebody.shows_part_to(viewer):
                page = text_of(client.get(somebody.profile.get_absolute_url()))
                assert any(word in page for word in somebody.words[somebody.part]), (viewer, somebody)


@about("photo")
def test_a_photo_is_sent_to_those_only_who_may_see_it(people, viewers):
    for viewer in viewers:
        client = browser(viewer)
        for somebody in people:
            for size in ("photo", "photo-large"):
                answer = client.get(reverse(f"members:{size}", args=[somebody.profile.public_id]))
                answer.getvalue()
                assert answer.status_code == (200 if somebody.shows_part_to(viewer) else 404), (viewer, somebody, size)


def found_by(viewer, text="", facets=None):
    return ids(Search(audience=reads_as(viewer), segments=segments_of(text), facets=facets or {}))


def ids(search):
    return {json.loads(card)["id"] for card in DirectoryEntry.objects.find(search).rows}


@about(*SEARCHED)
def test_no_search_finds_somebody_by_what_its_reader_may_not_see(people, viewers):
    for viewer in viewers:
        for somebody in people:
            finders = {word for part in SEARCHED for word in somebody.words[part]}
            finding = {word for word in finders if somebody.profile.public_id in found_by(viewer, word)}
            opened = somebody.opened_to(reads_as(viewer)) if somebody.is_found_by(viewer) else set()
            may_find = {word for part in opened & set(SEARCHED) for word in somebody.words[part]}
            assert finding == may_find, (viewer, somebody)


@about("links", "availability")
def test_nobody_is_found_by_his_links_or_by_when_he_is_free(people, viewers):
    for viewer in viewers:
        for somebody in people:
            assert not any(found_by(viewer, word) for word in somebody.words[somebody.part] if word.startswith("Zq"))


@about("about", "ties", "skills", "career")
def test_the_search_over_everything_finds_nobody_by_what_its_reader_may_not_see(people, viewers):
    visitor, _newcomer, member, *_others = viewers
    for viewer in (visitor, member):
        for somebody in people:
            for word in somebody.secrets_from(viewer):
                hits = [
                    card.id for source in everywhere(word, viewer) for card in source.hits if source.kind == "people"
                ]
                assert somebody.profile.public_id not in hits, (viewer, somebody, word)


@about("residence", "ties", "languages", "sectors")
def test_no_facet_counts_or_finds_what_its_reader_may_not_see(people, viewers):
    for viewer in viewers:
        counts = DirectoryEntry.objects.find(Search(audience=reads_as(viewer))).counts
        for somebody in people:
            opened = somebody.opened_to(reads_as(viewer)) if somebody.is_found_by(viewer) else set()
            for name, tokens in somebody.facets.items():
                for kind, number in tokens:
                    shown = name in opened
                    assert counts.get(kind.token(number), 0) == shown, (viewer, somebody)
                    found = found_by(viewer, facets={kind: [kind.token(number)]})
                    assert (somebody.profile.public_id in found) == shown, (viewer, somebody)


@about("offer")
def test_who_hides_what_he_offers_stands_neither_among_the_experts_nor_in_the_sitemap(client, people, viewers):
    public = {p.profile for p in people if p.profile.listing == p.audience == Audience.PUBLIC}

    assert set(Profile.objects.public_experts()) == public
    assert {p.profile for p in people if p.profile.is_expert} == public
    for viewer in viewers:
        search = Search(audience=reads_as(viewer), experts_only=True)
        assert ids(search) == {p.public_id for p in public}
    sitemap = text_of(client.get(reverse("sitemap", args=["experts"])))
    assert {p.profile for p in people if p.profile.public_id in sitemap} == public


@about("offer")
def test_no_facet_finds_somebody_by_an_offer_that_its_reader_may_not_see(people, viewers):
    for viewer in viewers:
        found = found_by(viewer, facets={Facet.OFFER: [Facet.OFFER.token(1), Facet.OFFER.token(3)]})
        showing = {p for p in people if p.is_found_by(viewer) and "offer" in p.opened_to(reads_as(viewer))}
        assert found == {p.profile.public_id for p in showing}


@about(*PARTS)
def test_the_stored_entries_hold_nothing_that_their_audience_may_not_see(people):
    """Whatever a query does with them, what is not in the row cannot come out."""
    for somebody in people:
        for entry in DirectoryEntry.objects.filter(profile=somebody.profile):
            assert entry.audience <= somebody.profile.listing
            row = f"{entry.document} {entry.card}".lower()
            opened = somebody.opened_to(entry.audience)
            secret = [word for name, words in somebody.words.items() if name not in opened for word in words]
            assert [word for word in secret if word.lower() in row] == []
            tokens = {kind.token(n) for name, found in somebody.facets.items() if name in opened for kind, n in found}
            offers = {Facet.OFFER.token(1), Facet.OFFER.token(3)} if "offer" in opened else set()
            assert set(entry.facets) == tokens | offers
