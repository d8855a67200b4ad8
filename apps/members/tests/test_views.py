"""The pages of members, as visitors, members and owners meet them. No test needs JavaScript: nor do the pages."""

import html
import json
import re
from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from apps.core.tests.factories import CountryFactory, LanguageFactory, RegionFactory, SectorFactory, SkillFactory
from apps.members import permissions
from apps.members.models import PARTS, Audience, Consent, Message, Profile
from apps.members.services import messages as post
from apps.outbox.tests.letters import letters

from .factories import MessageFactory, ProfileFactory, UserFactory

pytestmark = pytest.mark.django_db

STEPS = ["about", "languages", "skills", "offer", "visibility"]


def read(response) -> str:
    """The page as people read it: without tags, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def step(name: str) -> str:
    return reverse(f"members:profile-{name}")


@pytest.fixture
def profile():
    return ProfileFactory(display_name="Aline Uwase")


@pytest.fixture
def own(client, profile):
    """The owner's browser."""
    client.force_login(profile.user)
    return client


@pytest.fixture
def member():
    """The browser of another member."""
    return browser_of(ProfileFactory().user)


def browser_of(user) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


# --- the steps --------------------------------------------------------------------------------------------------------


def test_a_newcomer_makes_a_profile_with_nothing_but_a_name_and_is_not_listed(client):
    user = UserFactory()
    client.force_login(user)

    response = client.post(step("about"), {"display_name": "Aline Uwase"}, follow=True)

    assert response.redirect_chain == [(step("languages"), 302)]
    assert "Your profile is saved." in read(response)
    assert (user.profile.display_name, user.profile.listing) == ("Aline Uwase", Audience.ONLY_ME)
    assert not user.profile.entries.exists()


@pytest.mark.parametrize("name", [*STEPS[1:], "review", "ties", "career", "availability", "links"])
def test_a_newcomer_is_sent_to_the_first_step(client, name):
    client.force_login(UserFactory())
    assert client.get(step(name)).url == step("about")


@pytest.mark.parametrize("name", STEPS)
def test_each_step_says_where_it_stands_and_what_it_is_for(own, name):
    page = own.get(step(name)).content.decode()
    assert page.count('aria-current="step"') == 1
    assert page.count("<h1") == 1
    assert f"Step {STEPS.index(name) + 1} of 5" in page


def filled_in():
    """For each step: what is typed, the sentence that answers, and what the profile then holds."""
    french = LanguageFactory(code="fr", name="French")
    rwanda, kenya = CountryFactory(code="RW", name="Rwanda"), CountryFactory(code="KE", name="Kenya")
    ghent = RegionFactory(code="BE-VOV", name="East Flanders")
    health = SectorFactory(slug="health")
    everything = {f"{part}_audience": Audience.PUBLIC for part in PARTS}
    return {
        "about": (
            {"display_name": "Aline U.", "headline": "Midwife", "region": ghent.pk, "place": "Ghent"},
            "Your profile is saved.",
            lambda p: (p.display_name, p.headline, p.country.code, p.place) == ("Aline U.", "Midwife", "BE", "Ghent"),
        ),
        "languages": (
            {
                "form-TOTAL_FORMS": 2,
                "form-INITIAL_FORMS": 0,
                "form-0-language": french.pk,
                "form-0-level": "C1",
                "form-1-language": "",
                "form-1-level": "",
            },
            "Your languages are saved.",
            lambda p: list(p.languages.values_list("language__code", "level")) == [("fr", "C1")],
        ),
        "ties": (
            {"agreed": "on", "places": [rwanda.pk], "other_1": kenya.pk, "other_2": ""},
            "The places you are connected to are saved.",
            lambda p: (
                {tie.code for tie in p.ties.all()} == {"RW", "KE"}
                and Consent.objects.holds(p.user, Consent.Purpose.TIES)
                and p.ties_audience == Audience.ONLY_ME
            ),
        ),
        "offer": (
            {"sectors": [health.pk], "offers_talks": "on", "available_from": "2027-03-01"},
            "What you offer is saved.",
            lambda p: p.offers_talks and not p.offers_remote and [*p.sectors.all()] == [health],
        ),
        "visibility": (
            everything | {"listing": Audience.MEMBERS},
            "It holds from now on",
            lambda p: p.listing == Audience.MEMBERS and p.about_audience == Audience.PUBLIC and p.entries.count() == 1,
        ),
    }


@pytest.mark.parametrize("name", ["about", "languages", "ties", "offer", "visibility"])
def test_each_step_saves_says_so_and_leads_to_the_next_and_a_second_click_changes_nothing(own, profile, name):
    typed, answer, holds = filled_in()[name]

    for _click in range(2):
        response = own.post(step(name), typed, follow=True)
        following = [*STEPS, "review"][STEPS.index(name) + 1] if name in STEPS else "review"
        assert response.redirect_chain == [(step(following), 302)]
        assert answer in read(response)
        assert holds(Profile.objects.get(pk=profile.pk))


def test_somebody_who_came_to_change_one_thing_finishes_on_the_overview(own):
    response = own.post(step("about"), {"display_name": "Aline", "finish": ""})
    assert response.url == step("review")


def test_another_language_can_be_added_on_a_fresh_line(own, profile):
    typed = filled_in()["languages"][0] | {"more": ""}
    response = own.post(step("languages"), typed, follow=True)
    assert response.redirect_chain == [(step("languages"), 302)]
    assert response.content.decode().count("<select") == 2 * (1 + 2)  # the saved one, and two to fill in


def test_a_skill_is_found_in_any_language_added_once_described_and_removed(own, profile):
    nurse = SkillFactory(slug="nursing", name="Nursing", synonyms_fr="infirmière")

    assert "Nursing" in read(own.get(step("skills"), {"find": "infirmiere"}))
    for _click in range(2):
        response = own.post(step("skills"), {"skill": "nursing"}, follow=True)
        assert "“Nursing” is in your profile." in read(response)
    assert "you have it already" in read(own.get(step("skills"), {"find": "infirmière"}))

    typed = {f"{nurse.pk}-level": 3, f"{nurse.pk}-years": 12}
    assert "Your skills are saved." in read(own.post(step("skills"), typed, follow=True))
    assert list(profile.skills.values_list("skill__slug", "level", "years")) == [("nursing", 3, 12)]

    own.post(step("skills"), typed | {f"{nurse.pk}-remove": "on"})
    assert not profile.skills.exists()


@pytest.mark.parametrize(
    ("name", "typed", "field", "sentence", "kept"),
    [
        ("about", {"display_name": "", "headline": "Midwife"}, "id_display_name", "This field is required.", "Midwife"),
        (
            "languages",
            {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0, "form-0-language": "FR", "form-0-level": ""},
            "id_form-0-level",
            "How well do you speak it?",
            "French",
        ),
        ("ties", {"places": ["RW"]}, "id_agreed", "only with your agreement", "Rwanda"),
        ("offer", {"available_from": "soon"}, "id_available_from", "Enter a valid date.", "soon"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_on_top_and_nothing_typed_is_lost(
    own, profile, name, typed, field, sentence, kept
):
    known = {
        "FR": LanguageFactory(code="fr", name="French").pk,
        "RW": CountryFactory(code="RW", name="Rwanda", priority=True).pk,
    }
    typed = {
        key: [known[v] for v in value] if isinstance(value, list) else known.get(value, value)
        for key, value in typed.items()
    }

    response = own.post(step(name), typed)

    page = response.content.decode()
    summary, rest = re.search(r'<div class="error-summary".*?</div>', page, re.S)[0], page.split("<form", 1)[1]
    assert response.status_code == 200
    assert f'href="#{field}"' in summary
    assert sentence in summary
    assert sentence in rest
    assert f'id="{field}"' in rest
    assert kept in rest
    assert not profile.ties.exists()


def test_a_wrong_number_of_years_names_the_skill_and_keeps_the_rest(own, profile):
    skill = SkillFactory(name="Masonry")
    profile.skills.create(skill=skill, level=1)

    response = own.post(step("skills"), {f"{skill.pk}-level": 3, f"{skill.pk}-years": 200})

    assert "Masonry, Years:" in read(response)
    assert 'value="200"' in response.content.decode()
    assert profile.skills.get().level == 1


def test_a_province_must_lie_in_the_country(own):
    luxembourg, antwerp = CountryFactory(code="LU", name="Luxembourg"), RegionFactory(code="BE-VAN", name="Antwerp")
    typed = {"display_name": "Aline", "country": luxembourg.pk, "region": antwerp.pk}
    assert "does not lie in the country" in read(own.post(step("about"), typed))


def test_taking_the_consent_back_deletes_the_places(own, profile):
    own.post(step("ties"), filled_in()["ties"][0])
    own.post(step("ties"), {"places": []})
    assert not profile.ties.exists()
    assert not Consent.objects.holds(profile.user, Consent.Purpose.TIES)


def test_the_overview_says_of_each_part_what_it_says_who_sees_it_and_what_is_missing(own, profile):
    own.post(step("about"), {"display_name": "Aline", "headline": "Midwife", "about": "I teach."})
    own.post(step("visibility"), filled_in()["visibility"][0])

    page = read(own.get(step("review")))

    assert "Headline Members Midwife Change" in page  # everyone was chosen, but only members find her
    assert "About you Members I teach." in page
    assert "Add your skills Most searches are for a skill" in page
    assert "Write a headline" not in page


# --- who sees what ----------------------------------------------------------------------------------------------------

CANARIES = {
    "headline": "Midwife and mentor",
    "about": "Ten years in the Kivu.",
    "photo": "/photo/",
    "residence": "Ghent",
    "ties": "Rwanda",
    "languages": "Kinyarwanda",
    "skills": "Midwifery",
    "sectors": "Healthcare",
    "career": "Head nurse of Heverlee",
    "education": "Master of Obstetrics",
    "offer": "Talks and interviews",
    "availability": "July 2031",
    "links": "https://portfolio.example.org/",
}


@pytest.fixture
def told(profile):
    """A profile with something in every part."""
    profile.headline, profile.about, profile.place = CANARIES["headline"], CANARIES["about"], CANARIES["residence"]
    profile.offers_talks = True
    profile.photo = "photos/none.webp"
    profile.save()
    profile.ties.add(CountryFactory(code="RW", name="Rwanda"))
    profile.languages.create(language=LanguageFactory(name="Kinyarwanda"), level="N")
    profile.skills.create(skill=SkillFactory(name="Midwifery"), level=3, years=10)
    profile.sectors.add(SectorFactory(name="Healthcare"))
    profile.occupations.create(title=CANARIES["career"])
    profile.degrees.create(title=CANARIES["education"])
    profile.availabilities.create(starts_on=date(2031, 7, 1), ends_on=date(2031, 8, 31))
    profile.links.create(label="My portfolio", url=CANARIES["links"])
    return profile


def parts_on(page) -> set[str]:
    return {part for part, canary in CANARIES.items() if canary in page.content.decode()}


def test_a_choice_of_who_sees_a_part_holds_at_once_for_visitor_member_and_owner(own, member, told):
    url = told.get_absolute_url()

    def choose(listing, audience):
        own.post(step("visibility"), {f"{part}_audience": int(audience) for part in PARTS} | {"listing": int(listing)})

    def seen():
        pages = [browser.get(url) for browser in (Client(), member, own)]
        return [parts_on(page) if page.status_code == 200 else page.status_code for page in pages]

    everything, nothing = set(PARTS), set()
    choose(Audience.PUBLIC, Audience.PUBLIC)
    assert seen() == [everything, everything, everything]
    choose(Audience.PUBLIC, Audience.MEMBERS)
    assert seen() == [nothing, everything, everything]
    choose(Audience.PUBLIC, Audience.IOM)
    assert seen() == [nothing, nothing, everything]
    choose(Audience.MEMBERS, Audience.PUBLIC)
    assert seen() == [404, everything, everything]
    choose(Audience.ONLY_ME, Audience.PUBLIC)
    assert seen() == [404, 404, everything]


@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_hidden_by_its_own_choice_alone(client, told, part):
    told.listing = Audience.PUBLIC
    for other in PARTS:
        setattr(told, f"{other}_audience", Audience.MEMBERS if other == part else Audience.PUBLIC)
    told.save()
    assert parts_on(client.get(told.get_absolute_url())) == set(PARTS) - {part}


def test_a_photo_is_kept_as_an_image_of_ours_and_shown_to_those_who_may_see_it(own, member, profile):
    upload = BytesIO()
    Image.new("RGB", (900, 600), "teal").save(upload, "JPEG")
    upload.name = "me.jpg"
    upload.seek(0)
    own.post(step("about"), {"display_name": "Aline", "photo": upload})
    url = reverse("members:photo", args=[profile.public_id])

    def statuses():
        answers = [browser.get(url) for browser in (Client(), member, own)]
        assert all(answer.getvalue() for answer in answers)  # read to the end, the file is closed
        return [answer.status_code for answer in answers]

    assert statuses() == [404, 404, 200]
    own.post(step("visibility"), filled_in()["visibility"][0])
    assert statuses() == [404, 200, 200]
    assert Image.open(BytesIO(own.get(url).getvalue())).format == "WEBP"
    own.post(step("about"), {"display_name": "Aline", "remove_photo": "on"})
    assert statuses() == [404, 404, 404]


def test_a_public_profile_tells_search_engines_what_everyone_may_see_and_nothing_runs_from_it(client, told):
    told.display_name, told.listing = "</script><script>alert('ó')</script>", Audience.PUBLIC
    told.about_audience = told.skills_audience = Audience.MEMBERS
    told.save()

    page = client.get(told.get_absolute_url()).content.decode()

    [data] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    person = json.loads(data)["mainEntity"]
    assert person["name"] == told.display_name
    assert person["jobTitle"] == CANARIES["headline"]
    assert person.keys().isdisjoint({"description", "knowsAbout"})
    assert "<script>alert" not in page


def test_an_owner_is_told_that_others_see_less(own, told):
    page = read(own.get(told.get_absolute_url()))
    assert "This is your own profile: you see all of it." in page
    assert "Nobody: you are not listed" in page


# --- the directory ----------------------------------------------------------------------------------------------------


def test_the_members_tab_is_closed_to_visitors_and_to_accounts_without_a_profile(client, member):
    ProfileFactory(listed=True, display_name="Listed Person")
    url = reverse("members:directory-members")

    visitor, account, reader = read(client.get(url)), read(browser_of(UserFactory()).get(url)), read(member.get(url))

    assert "This list is for members" in visitor
    assert "make your own profile" in account
    assert ["Listed Person" in page for page in (visitor, account, reader)] == [False, False, True]


def test_past_the_days_number_no_further_profile_opens_but_those_of_today_do(member, monkeypatch):
    monkeypatch.setattr(permissions, "PROFILES_A_DAY", 2)
    first, second, third = (person.get_absolute_url() for person in ProfileFactory.create_batch(3, listed=True))

    assert [member.get(url).status_code for url in (first, second, third, first)] == [200, 200, 429, 200]
    assert "You have opened 2 profiles today" in read(member.get(third))


@pytest.mark.parametrize("count", [1, 3])
def test_a_profile_costs_the_same_for_any_number_of_skills(client, django_assert_max_num_queries, count):
    profile = ProfileFactory(
        public=True,
        skills=SkillFactory.create_batch(count),
        languages=LanguageFactory.create_batch(count),
        sectors=SectorFactory.create_batch(count),
    )
    with django_assert_max_num_queries(10):
        client.get(profile.get_absolute_url())


# --- writing ----------------------------------------------------------------------------------------------------------

LETTER = {"subject": "A guest lesson", "text": "Would you speak to our students?"}


@pytest.fixture
def listed():
    return ProfileFactory(listed=True, display_name="Denis Lamwaka")


@pytest.fixture
def writer():
    profile = ProfileFactory(display_name="Fanta Sow")
    browser = browser_of(profile.user)
    browser.user = profile.user
    return browser


def write_to(profile) -> str:
    return reverse("members:write", args=[profile.public_id])


def test_a_member_writes_to_a_listed_person_and_neither_sees_an_address(writer, listed):
    response = writer.post(write_to(listed), LETTER, follow=True)
    writer.post(write_to(listed), LETTER)  # a second click

    assert "Your message is on its way." in read(response)
    message = Message.objects.get()
    [sent] = letters()
    assert sent.to == listed.user.email
    assert LETTER["text"] in sent.body
    assert writer.user.email not in sent.body + sent.html + str(sent.raw)

    reader = browser_of(listed.user)
    assert "A guest lesson Fanta Sow" in read(reader.get(reverse("members:messages")))
    page = reader.get(message.get_absolute_url()).content.decode()
    assert LETTER["text"] in page
    assert writer.user.email not in page


def test_the_answer_comes_back_to_the_writer(writer, listed):
    writer.post(write_to(listed), LETTER)
    browser_of(listed.user).post(Message.objects.get().get_absolute_url(), {"text": "Gladly."})
    assert "Re: A guest lesson Denis Lamwaka" in read(writer.get(reverse("members:messages")))


def test_who_wrote_may_read_the_message_again_not_answer_it_and_others_do_not_find_it(writer, listed, member):
    writer.post(write_to(listed), LETTER)
    url = Message.objects.get().get_absolute_url()
    assert "Send the answer" not in read(writer.get(url))
    assert writer.post(url, {"text": "And?"}).status_code == 404
    assert member.get(url).status_code == 404


def test_only_members_write_and_only_to_listed_people(client, writer, listed):
    unlisted, public = ProfileFactory(), ProfileFactory(public=True)
    assert client.get(write_to(public)).url.startswith(reverse("account_login"))
    assert browser_of(UserFactory()).get(write_to(public)).status_code == 403
    assert writer.get(write_to(unlisted)).status_code == 404
    assert writer.get(write_to(writer.user.profile)).status_code == 403
    assert writer.get(write_to(listed)).status_code == 200


def test_past_the_days_number_of_messages_the_text_is_kept_and_nothing_is_sent(writer, listed, monkeypatch):
    monkeypatch.setattr(post, "A_DAY", 1)
    MessageFactory(sender=writer.user)

    response = writer.post(write_to(listed), LETTER)

    assert "You have sent 1 messages in 24 hours." in read(response)
    assert LETTER["text"] in read(response)
    assert Message.objects.count() == 1


def test_an_empty_message_is_not_sent(writer, listed):
    response = writer.post(write_to(listed), {"subject": "A guest lesson", "text": ""})
    assert 'href="#id_text"' in response.content.decode()
    assert 'value="A guest lesson"' in response.content.decode()
    assert not Message.objects.exists()


def test_an_empty_box_says_why_and_gives_one_step(own, profile):
    assert "Choose who finds you" in read(own.get(reverse("members:messages")))


def test_the_list_of_messages_costs_the_same_for_any_number(own, profile):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            own.get(reverse("members:messages"))
        return len(captured)

    MessageFactory(recipient=profile.user)
    one = queries()
    MessageFactory.create_batch(2, recipient=profile.user)
    assert queries() == one
