"""My space: what waits for its owner, what fits him, and who sees what of him."""

import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.tests.factories import LanguageFactory, SkillFactory
from apps.members import matching_kinds, permissions
from apps.members.models import Audience, Consent, DataExport, Message, Profile, User
from apps.members.services import blocks, consents, matching, messages, profiles
from apps.members.tests.factories import MessageFactory, ProfileFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def profile(client):
    profile = ProfileFactory(expert=True, display_name="Aline Uwase", headline="Midwife")
    client.force_login(profile.user)
    return profile


@pytest.fixture
def calls(monkeypatch):
    """A kind of thing that asks for people, as a later app brings it."""
    monkeypatch.setattr(matching_kinds, "_kinds", {})
    describe = lambda ids: {pk: matching_kinds.Described(f"Call {pk}", f"/en/calls/{pk}/") for pk in ids}  # noqa: E731
    return matching_kinds.register("calls.call", title="Call", describe=describe)


def me(client) -> str:
    """The page as people read it: without tags, in one line."""
    return read(client.get(reverse("portal:me")).text)


def to_do(client) -> str:
    """What stands under "What waits for you", and nothing of the rest."""
    return re.search(r'aria-labelledby="to-do">.*?</section>', client.get(reverse("portal:me")).text, re.S)[0]


def read(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.fixture
def whole(monkeypatch):
    """Profiles in which nothing is missing."""
    monkeypatch.setattr(Profile, "missing", lambda _profile: [])


# --- what waits -------------------------------------------------------------------------------------------------------
def test_a_message_waits_until_it_is_answered(client, profile):
    message = MessageFactory(recipient=profile.user, subject="A guest lesson")
    assert "Not answered yet" in me(client)

    messages.answer(sender=profile.user, message=message, text="Gladly.")

    assert "A guest lesson" in me(client)
    assert "Not answered yet" not in me(client)


def test_what_waits_counts_every_message_that_is_not_answered_and_leads_to_them(client, profile, whole):
    nothing = "Nothing. Your profile tells all there is to tell."
    assert nothing in to_do(client)
    first, *_others = [MessageFactory(recipient=profile.user, subject=f"Question {n}") for n in range(5)]
    MessageFactory(sender=profile.user)

    assert "Answer 5 messages" in to_do(client)
    assert nothing not in to_do(client)
    (address,) = re.findall(r'href="([^"]+)"', to_do(client))
    assert client.get(address).text.count("Not answered yet") == 5

    messages.answer(sender=profile.user, message=first, text="Gladly.")
    assert "Answer 4 messages" in to_do(client)
    assert client.get(address).text.count("Not answered yet") == 4


def test_a_message_that_cannot_be_answered_waits_for_nothing(client, profile, whole):
    gone, blocker, blocked, waits = (MessageFactory(recipient=profile.user).sender for _person in range(4))
    User.objects.filter(pk=gone.pk).update(is_active=False)
    blocks.block(blocker=blocker, blocked=profile.user)
    blocks.block(blocker=profile.user, blocked=blocked)

    assert "Answer 1 message" in read(to_do(client))
    assert me(client).count("Not answered yet") == 1
    mine = Message.objects.received_by(profile.user).with_answer_of(profile.user)
    assert [message.sender for message in mine if message.waits] == [waits]
    assert all(message.waits == permissions.can_answer(profile.user, message) for message in mine)


def test_a_copy_of_my_data_is_announced_while_it_is_made_and_while_it_can_be_fetched(client, profile):
    assert "copy" not in me(client)
    export = DataExport.objects.create(user=profile.user, done=40)
    assert "Your copy is being put together 40 per cent are done." in me(client)

    now = timezone.now()
    export.state, export.ready_at, export.expires_at = DataExport.State.READY, now, now + timedelta(days=7)
    export.save()
    assert "Fetch the copy of your data It can be fetched until" in me(client)

    export.state = DataExport.State.GONE
    export.save()
    assert "copy" not in me(client)


def test_a_profile_that_is_hidden_for_a_time_says_so_first(client, profile):
    profile.suspended_until = timezone.localdate() + timedelta(days=3)
    profile.save()
    assert "Your profile is hidden until" in me(client)


def test_each_missing_part_says_what_it_would_open(client, profile):
    page = me(client)
    assert "Add your skills Most searches are for a skill" in page
    assert "Write a headline" not in page


# --- what fits --------------------------------------------------------------------------------------------------------
def test_what_fits_is_shown_with_every_criterion_and_what_would_change_it(client, profile, calls):
    nursing, english = SkillFactory(name="Nursing"), LanguageFactory(name="English")
    profiles.add_skill(user=profile.user, skill=nursing)
    matching.hand_in(
        kind="calls.call",
        about=7,
        rows=[
            {"what": "skill", "skill": nursing, "skill_level": 1},
            {"what": "language", "language": english, "language_level": "B2", "required": False},
        ],
    )

    page = me(client)

    assert "What fits you, and why Call 7 Meets all that is required Call Met: Nursing Not known: English" in page
    assert reverse("members:profile-languages") in client.get(reverse("portal:me")).content.decode()


def test_when_nothing_fits_the_page_says_what_would_help(client, profile, calls):
    matching.hand_in(
        kind="calls.call", about=7, rows=[{"what": "skill", "skill": SkillFactory(name="Nursing"), "skill_level": 1}]
    )
    assert "Nothing that is open fits you so far" in me(client)


def test_as_long_as_nobody_looks_for_people_nothing_is_said_of_it(client, profile, monkeypatch):
    monkeypatch.setattr(matching_kinds, "_kinds", {})
    assert "What fits you, and why" not in me(client)


# --- my data ----------------------------------------------------------------------------------------------------------
def test_the_parts_that_say_something_stand_under_those_who_see_them(client, profile):
    profile.about, profile.about_audience = "I like to teach.", Audience.IOM
    profile.save()

    page = me(client)

    assert "Everyone Headline, What you offer and when IOM team About you Who has opened your data" in page


def test_who_is_not_listed_reads_that_nobody_sees_any_of_it(client, profile):
    profile.listing = Audience.ONLY_ME
    profile.save()
    page = me(client)
    assert "IOM team Headline, What you offer and when" in page
    assert "You are not listed: beyond the IOM team nobody sees any of it." in page


def test_consents_are_those_that_hold_now(client, profile):
    consents.give(user=profile.user, purpose=Consent.Purpose.TERMS, wording="x")
    consents.give(user=profile.user, purpose=Consent.Purpose.DIGEST, wording="x")
    consents.withdraw(user=profile.user, purpose=Consent.Purpose.DIGEST, wording="x")

    page = me(client)

    assert "What you agreed to Privacy notice and legal notice Privacy and your data" in page


def test_a_newcomer_is_asked_for_a_profile_and_sees_what_he_agreed_to(client):
    user = UserFactory()
    consents.give(user=user, purpose=Consent.Purpose.TERMS, wording="x")
    client.force_login(user)
    page = me(client)
    assert "Start with your name" in page
    assert "What you agreed to Privacy notice and legal notice" in page
    assert "Who sees what" not in page


# --- its cost ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 3])
def test_matches_cost_the_same_for_any_number(client, profile, calls, django_assert_num_queries, count):
    nursing = SkillFactory(name="Nursing")
    profiles.add_skill(user=profile.user, skill=nursing)
    for about in range(count):
        matching.hand_in(kind="calls.call", about=about, rows=[{"what": "skill", "skill": nursing, "skill_level": 1}])
    client.get(reverse("portal:me"))
    with django_assert_num_queries(20):
        response = client.get(reverse("portal:me"))
    assert len(response.context["fitting"]) == count
