"""Being away for a time, and not being seen by somebody: the verbs, the pages, and what stays possible."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from apps.core.models import AuditEntry
from apps.members import kinds, permissions
from apps.members.models import Audience, Block, DirectoryEntry, Message, Profile
from apps.members.services import blocks, suspension
from apps.members.tasks import bring_back
from apps.members.tests.factories import MessageFactory, ProfileFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]

WEEK = timedelta(days=7)


@pytest.fixture
def profile():
    return ProfileFactory(expert=True, display_name="Aline Uwase")


@pytest.fixture
def other():
    return ProfileFactory(expert=True, display_name="Moussa Bah")


def browser_of(user):
    browser = Client()
    browser.force_login(user)
    return browser


def audiences(profile):
    return list(DirectoryEntry.objects.filter(profile=profile).order_by("audience").values_list("audience", flat=True))


# --- away for a time --------------------------------------------------------------------------------------------------
def test_hiding_a_profile_takes_it_out_of_the_directory_and_the_day_brings_it_back(profile):
    day = localdate() + WEEK

    suspension.suspend(user=profile.user, until=day)
    assert audiences(profile) == []
    assert suspension.bring_back() == 0

    with time_machine.travel(now() + WEEK):
        bring_back()
        profile.refresh_from_db()
        assert profile.suspended_until is None
        assert audiences(profile) == [Audience.MEMBERS, Audience.PUBLIC]
    verbs = AuditEntry.objects.filter(person_id=profile.user_id).order_by("pk").values_list("verb", "actor_id")
    assert list(verbs) == [("members.suspended", profile.user_id), ("members.resumed", None)]


def test_on_the_day_the_page_opens_though_the_beat_has_not_come_by(profile, other):
    suspension.suspend(user=profile.user, until=localdate() + WEEK)
    profile.refresh_from_db()
    assert not permissions.can_open(other.user, profile)

    with time_machine.travel(now() + WEEK):
        assert permissions.can_open(other.user, profile)
        assert profile in Profile.objects.visible_to(other.user)


def test_a_day_chosen_twice_is_chosen_once_and_coming_back_early_needs_no_beat(profile):
    day = localdate() + WEEK
    suspension.suspend(user=profile.user, until=day)
    suspension.suspend(user=profile.user, until=day)
    suspension.resume(user=profile.user)
    suspension.resume(user=profile.user)

    assert audiences(profile) == [Audience.MEMBERS, Audience.PUBLIC]
    assert AuditEntry.objects.filter(verb="members.suspended").count() == 1
    assert AuditEntry.objects.filter(verb="members.resumed").count() == 1


def test_two_beats_bring_somebody_back_once(profile):
    suspension.suspend(user=profile.user, until=localdate() + WEEK)

    with time_machine.travel(now() + WEEK):
        assert [suspension.bring_back(), suspension.bring_back()] == [1, 0]


def test_saving_the_profile_meanwhile_does_not_show_it(profile):
    suspension.suspend(user=profile.user, until=localdate() + WEEK)

    ProfileFactory._after_postgeneration(profile, True)

    assert audiences(profile) == []


def test_nobody_writes_to_somebody_who_is_away_for_the_first_time_and_a_conversation_goes_on(profile, other):
    received = MessageFactory(sender=other.user, recipient=profile.user)
    written = MessageFactory(sender=profile.user, recipient=other.user)
    suspension.suspend(user=profile.user, until=localdate() + WEEK)
    profile.refresh_from_db()

    assert not permissions.can_write_to(other.user, profile)
    assert permissions.can_answer(profile.user, received)
    assert permissions.can_answer(other.user, written)


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_day_that_is_none_is_refused_and_kept_in_the_form(profile, days):
    day = (localdate() + timedelta(days=days)).isoformat()

    page = browser_of(profile.user).post(reverse("members:profile-suspend"), {"until": day})

    assert page.status_code == 200
    assert f'value="{day}"' in page.content.decode()
    assert not Profile.objects.get(pk=profile.pk).is_suspended


def test_my_space_says_that_i_am_away_and_one_button_ends_it(profile):
    own = browser_of(profile.user)
    day = localdate() + WEEK

    answer = own.post(reverse("members:profile-suspend"), {"until": day.isoformat()}, follow=True)
    assert answer.redirect_chain == [(reverse("members:profile-review"), 302)]
    for address in (
        reverse("portal:me"),
        reverse("members:profile-review"),
        reverse("members:profile-visibility"),
        profile.get_absolute_url(),
    ):
        assert reverse("members:profile-resume") in own.get(address).content.decode(), address

    own.post(reverse("members:profile-resume"))
    assert reverse("members:profile-resume") not in own.get(reverse("portal:me")).content.decode()


# --- not being seen by somebody ---------------------------------------------------------------------------------------
def test_a_block_works_both_ways_and_taking_it_back_ends_it(profile, other):
    def meet():
        return [
            permissions.can_open(profile.user, other),
            permissions.can_open(other.user, profile),
            permissions.can_write_to(profile.user, other),
            permissions.can_write_to(other.user, profile),
        ]

    assert meet() == [True] * 4
    block = blocks.block(blocker=profile.user, blocked=other.user)
    assert blocks.block(blocker=profile.user, blocked=other.user) == block
    assert meet() == [False] * 4
    blocks.unblock(block=block)
    assert meet() == [True] * 4


def test_the_audit_of_a_block_is_the_blockers_and_names_the_other_nowhere(profile, other):
    blocks.unblock(block=blocks.block(blocker=profile.user, blocked=other.user))

    entries = AuditEntry.objects.filter(verb__contains="block").order_by("pk")
    assert [(entry.verb, entry.person_id) for entry in entries] == [
        ("members.blocked", profile.user_id),
        ("members.unblocked", profile.user_id),
    ]
    assert not AuditEntry.objects.filter(person_id=other.user_id).exists()
    assert all(str(other.user_id) not in str(entry.detail) for entry in entries)


def test_a_member_blocks_as_many_as_he_may(profile, other, monkeypatch):
    monkeypatch.setattr(blocks, "MOST", 1)
    blocks.block(blocker=profile.user, blocked=UserFactory())

    page = browser_of(profile.user).post(reverse("members:block", args=[other.public_id]))

    assert page.status_code == 200
    assert "You have shut out 1 people" in page.content.decode()
    assert Block.objects.count() == 1


def test_blocking_from_a_profile_and_undoing_it_in_my_space(profile, other):
    own = browser_of(profile.user)
    door = reverse("members:block", args=[other.public_id])
    assert door in own.get(other.get_absolute_url()).content.decode()
    assert "Moussa Bah" in own.get(door).content.decode()

    shown = own.post(door, follow=True)
    assert shown.redirect_chain == [(reverse("members:blocks"), 302)]
    assert "Moussa Bah" in shown.content.decode()
    assert own.get(other.get_absolute_url()).status_code == 404

    undo = reverse("members:unblock", args=[Block.objects.get().pk])
    own.post(undo)
    own.post(undo)  # a second click
    assert own.get(other.get_absolute_url()).status_code == 200


def test_nobody_takes_back_what_is_anothers(profile, other):
    block = blocks.block(blocker=profile.user, blocked=other.user)

    for somebody in (other.user, UserFactory()):
        browser_of(somebody).post(reverse("members:unblock", args=[block.pk]))

    assert Block.objects.get() == block
    assert "Aline" not in browser_of(other.user).get(reverse("members:blocks")).content.decode()


def test_blocking_the_sender_of_a_message_empties_the_letter_box_of_him_and_ends_the_conversation(profile, other):
    received = MessageFactory(sender=other.user, recipient=profile.user, subject="Please send money")
    sent = MessageFactory(sender=profile.user, recipient=other.user, subject="What do you want?")
    own, theirs = browser_of(profile.user), browser_of(other.user)
    door = reverse("members:message-block", args=[received.pk])
    assert door in own.get(received.get_absolute_url()).content.decode()

    own.post(door)

    for address in (reverse("members:messages"), reverse("portal:me")):
        assert "Please send money" not in own.get(address).content.decode()
    assert own.get(received.get_absolute_url()).status_code == 200  # to report it, by the link in the mail
    for browser, message in ((own, received), (theirs, sent)):
        page = browser.post(message.get_absolute_url(), {"text": "Answer me."})
        assert page.status_code == 404
        assert 'name="text"' not in browser.get(message.get_absolute_url()).content.decode()
    assert Message.objects.count() == 2


def test_the_blocked_one_keeps_what_was_written_to_him_and_the_name_leads_nowhere(profile, other):
    sent = MessageFactory(sender=profile.user, recipient=other.user)
    theirs = browser_of(other.user)
    assert profile.get_absolute_url() in theirs.get(sent.get_absolute_url()).content.decode()

    blocks.block(blocker=profile.user, blocked=other.user)

    page = theirs.get(sent.get_absolute_url()).content.decode()
    assert "Aline Uwase" in page
    assert profile.get_absolute_url() not in page
    assert sent.subject in theirs.get(reverse("members:messages")).content.decode()


def test_a_message_of_somebody_who_left_and_of_one_who_shut_me_out_end_in_the_same_words(profile, other):
    blockers = MessageFactory(sender=profile.user, recipient=other.user)
    left = MessageFactory(recipient=other.user)
    theirs, ending = browser_of(other.user), "This message can no longer be answered."
    assert ending not in theirs.get(blockers.get_absolute_url()).content.decode()

    blocks.block(blocker=profile.user, blocked=other.user)
    left.sender.is_active = False
    left.sender.save()

    assert [ending in theirs.get(message.get_absolute_url()).content.decode() for message in (blockers, left)] == [
        True,
        True,
    ]


def test_a_message_that_waits_is_no_longer_handed_over_once_its_sender_is_blocked(profile, other):
    waiting, fine = MessageFactory(sender=other.user, recipient=profile.user), MessageFactory()
    blocks.block(blocker=profile.user, blocked=other.user)

    assert set(kinds.unwanted([waiting.pk, fine.pk])) == {waiting.pk}
