"""Every list costs the same number of queries for one row and for three, and whatever is asked of it."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from apps.core import audit, vocabulary
from apps.core.tests.factories import CountryFactory, LanguageFactory, RegionFactory, SectorFactory, SkillFactory
from apps.members import matching_kinds
from apps.members.matching_kinds import Described
from apps.members.models import Consent
from apps.members.services import blocks, consents, grants, matching
from apps.members.tests.factories import MessageFactory, ProfileFactory
from apps.portal import services as pages

pytestmark = [pytest.mark.django_db, pytest.mark.services]

SESSION = 2  # the session and the account
PROFILE = 1  # is the reader a member?
SHUT_OUT = 1  # whom has he blocked, who him?
SAMPLES = 1  # does the page's foot say "demonstration"?
WHOLE_PROFILE = 9
PERSON = TOLD = 1  # a page that only reads: the profile with its account, and all its rows at once
READY_TO_GO = 1  # the countries of the times when somebody is free, if there is any
COUNTRIES = 1  # those that a form offers
RECEIVED = 1
WHO_HAS_LOOKED = 1
WHAT_WAITS = RECEIVED + 3  # how many are not answered; the copy of one's data; what one agreed to
LEDGER = SHARED = COPY = 1
AGREED = FOLLOWED = 1
SUBJECTS = 2  # countries and fields of work that can be followed
STANDING, EXPLAINED = 1, 2  # of all sets of criteria; of those on the page, with what each asks
WORDS = 4  # countries, regions, sectors, languages: once a minute, then from memory


@pytest.fixture
def reader():
    return ProfileFactory().user


@pytest.fixture
def browser(reader):
    client = Client()
    client.force_login(reader)
    return client


@pytest.fixture
def asked(django_assert_num_queries):
    """Read a page twice and count the second time, when what is kept in memory is there."""

    def ask(client, address, queries):
        client.get(address)
        with django_assert_num_queries(queries):
            return client.get(address)

    return ask


def experts(count):
    """People with three of everything, so that a row with much costs no more than a row with little."""
    words = {
        "ties": CountryFactory.create_batch(3),
        "sectors": SectorFactory.create_batch(3),
        "languages": LanguageFactory.create_batch(3),
        "skills": [SkillFactory(name=f"Midwifery {number}") for number in range(3)],
    }
    region = RegionFactory()
    people = ProfileFactory.create_batch(
        count,
        expert=True,
        headline="Midwife and teacher",
        region=region,
        country=region.country,
        ties_audience=3,
        **words,
    )
    vocabulary.forget()
    return people, words, region


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("tab", ["directory", "directory-members"])
class TestDirectory:
    def test_without_a_question(self, browser, asked, tab, count):
        experts(count)

        page = asked(browser, reverse(f"members:{tab}"), SESSION + PROFILE + SHUT_OUT + SAMPLES + 1)

        assert page.context["found"].total == count

    def test_with_words_and_two_facets_and_the_second_order(self, browser, asked, tab, count):
        _people, words, region = experts(count)
        query = f"?q=midwife+midwifery&field={words['sectors'][0].slug}&lives={region.code}&sort=name"

        page = asked(browser, reverse(f"members:{tab}") + query, SESSION + PROFILE + SHUT_OUT + SAMPLES + 2)

        assert page.context["found"].total == count

    def test_with_every_facet_at_once(self, browser, asked, tab, count):
        _people, words, region = experts(count)
        query = (
            f"?field={words['sectors'][0].slug}&field={words['sectors'][1].slug}&connected={words['ties'][0].code}"
            f"&lives={region.code}&speaks={words['languages'][0].code}&offers=assignment&sort=recent"
        )

        page = asked(browser, reverse(f"members:{tab}") + query, SESSION + PROFILE + SHUT_OUT + SAMPLES + 1)

        assert page.context["found"].total == count

    def test_with_a_name_that_is_nearly_right(self, browser, asked, tab, count):
        for person in experts(count)[0]:
            person.display_name = "Immaculée Uwamahoro"
            person.save()
            ProfileFactory._after_postgeneration(person, True)

        page = asked(browser, reverse(f"members:{tab}") + "?q=imaculee", SESSION + PROFILE + SHUT_OUT + SAMPLES + 3)

        assert len(page.context["similar"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_visitor_costs_less(client, asked, count):
    experts(count)

    page = asked(client, reverse("members:directory"), SAMPLES + 1)

    assert page.context["found"].total == count


@pytest.mark.parametrize("count", [1, 3])
def test_the_words_of_the_facets_are_read_once_a_minute(client, django_assert_num_queries, count):
    experts(count)

    with django_assert_num_queries(WORDS + SAMPLES + 1):
        client.get(reverse("members:directory"))


@pytest.fixture
def call():
    kind = "tests.call"
    describe = {1: Described("One", "/1/"), 2: Described("Two", "/2/"), 3: Described("Three", "/3/")}
    yield matching_kinds.register(kind, title="Call", describe=lambda ids: {pk: describe[pk] for pk in ids}).name
    matching_kinds.forget(kind)


@pytest.mark.parametrize("count", [1, 3])
def test_what_fits_me(browser, reader, asked, call, count):
    for about in range(1, count + 1):
        asked_for = [{"what": "skill", "skill": SkillFactory(), "skill_level": 1} for _each in range(count)]
        matching.hand_in(kind=call, about=about, rows=asked_for)
        matching.follow(user=reader, country=CountryFactory())
    own = WHOLE_PROFILE + AGREED + FOLLOWED

    page = asked(browser, reverse("members:matching"), SESSION + SAMPLES + own + SUBJECTS + STANDING + EXPLAINED)

    assert len(page.context["matches"]) == len(page.context["follows"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_messages(browser, reader, asked, count):
    MessageFactory.create_batch(count, recipient=reader)

    page = asked(browser, reverse("members:messages"), SESSION + SAMPLES + RECEIVED + 1)  # and how many pages

    assert len(page.context["received"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_whom_one_has_shut_out(browser, reader, asked, count):
    for person in ProfileFactory.create_batch(count):
        blocks.block(blocker=reader, blocked=person.user)

    page = asked(browser, reverse("members:blocks"), SESSION + SAMPLES + 1)

    assert len(page.context["blocks"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_who_has_looked(browser, reader, asked, count):
    for purpose in range(count):
        audit.read(actor=None, person=reader.pk, what="opened", purpose=f"A call for nurses, {purpose}")

    page = asked(browser, reverse("members:privacy-readings"), SESSION + SAMPLES + WHO_HAS_LOOKED + 1)  # how many pages

    assert len(page.context["readings"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_the_privacy_centre(browser, reader, asked, count):
    for number in range(count):
        consents.give(user=reader, purpose=Consent.Purpose.MATCHING, wording=f"Yes, {number}.")
        consents.withdraw(user=reader, purpose=Consent.Purpose.MATCHING, wording=f"No, {number}.")
        grants.share(user=reader, to=f"Hospital {number}", parts=["CV"], purpose="A mission", wording="Yes.")
        audit.read(actor=None, person=reader.pk, what="opened", purpose=f"A call for nurses, {number}")

    page = asked(browser, reverse("members:privacy"), SESSION + SAMPLES + LEDGER + WHO_HAS_LOOKED + SHARED + COPY)

    assert [len(page.context[rows]) for rows in ("readings", "shared")] == [count, count]


@pytest.mark.parametrize("count", [1, 3])
def test_my_space(browser, reader, asked, count):
    MessageFactory.create_batch(count, recipient=reader)
    for purpose in range(count):
        audit.read(actor=None, person=reader.pk, what="opened", purpose=f"A call for nurses, {purpose}")

    page = asked(browser, reverse("portal:me"), SESSION + SAMPLES + WHOLE_PROFILE + WHAT_WAITS + WHO_HAS_LOOKED)

    assert len(page.context["received"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_profile_with_one_or_three_of_everything(client, asked, count):
    (person,), _words, _region = experts(1)
    person.skills.set(person.skills.all()[:count])
    tell_rows(person, count)

    page = asked(client, person.get_absolute_url(), SAMPLES + PERSON + TOLD)

    assert page.status_code == 200


def tell_rows(profile, count):
    """So many jobs, degrees, times when somebody is free, links and documents."""
    for number in range(count):
        profile.occupations.create(title=f"Midwife {number}", country=CountryFactory())
        profile.degrees.create(title=f"Degree {number}", country=CountryFactory())
        profile.links.create(label="Work", url=f"https://example.org/{number}")
        window = profile.availabilities.create(starts_on=date(2031, 1, 1), ends_on=date(2031, 3, 1 + number))
        window.countries.set(CountryFactory.create_batch(2))
        profile.documents.create(kind="certificate", name=f"Diploma {number}", file="x", content_type="x", size=1)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "more"),
    [("review", 0), ("career", COUNTRIES), ("availability", COUNTRIES), ("links", 0), ("documents", 1)],
)
def test_ones_own_rows(browser, reader, asked, name, more, count):
    tell_rows(reader.profile, count)

    queries = SESSION + SAMPLES + WHOLE_PROFILE + READY_TO_GO + more
    page = asked(browser, reverse(f"members:profile-{name}"), queries)

    assert page.status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_search_over_everything(browser, asked, count):
    experts(count)
    pages.load_pages()

    page = asked(browser, reverse("portal:search") + "?q=midwife", SESSION + PROFILE + SHUT_OUT + SAMPLES + 4)

    assert {source.kind: source.total for source in page.context["sources"]} == {"people": count}


@pytest.mark.parametrize("count", [1, 3])
def test_the_sitemap_of_people(client, asked, count):
    people, _words, _region = experts(count)

    page = asked(client, reverse("sitemap", args=["experts"]), 1)

    assert page.content.decode().count("<loc>") == 4 * count
    assert all(person.public_id in page.content.decode() for person in people)
