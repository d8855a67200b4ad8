"""Who sees whom, and who may write to whom: the rule for one and the rule for many."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group

from apps.members import permissions
from apps.members.models import Audience, Consent, Message, Profile, User
from apps.members.querysets.profiles import reads_as
from apps.members.tests.factories import MessageFactory, ProfileFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def staff(role=None, **fields):
    user = UserFactory(is_staff=True, **fields)
    if role:
        user.groups.set([Group.objects.get(name=role)])
    return user


@pytest.fixture
def profiles():
    """Every kind of profile: by listing, and of accounts open and closed."""
    return {
        (listing.label, "open" if is_open else "closed"): ProfileFactory(listing=listing, user__is_active=is_open)
        for listing in (Audience.ONLY_ME, Audience.MEMBERS, Audience.PUBLIC)
        for is_open in (True, False)
    }


@pytest.fixture
def viewers(profiles):
    """Every kind of reader."""
    return {
        "visitor": AnonymousUser(),
        "newcomer": UserFactory(),
        "member": ProfileFactory().user,
        "staff without a role": staff(),
        "staff with a profile": ProfileFactory(user__is_staff=True).user,
        "superuser": staff(is_superuser=True),
        **{role.name: staff(role.name) for role in Group.objects.all()},
        **{f"owner of {kind}": profile.user for kind, profile in profiles.items()},
    }


def test_the_list_and_the_rule_agree_on_every_kind_of_profile_for_every_kind_of_reader(profiles, viewers):
    listed = {who: set(Profile.objects.visible_to(viewer)) for who, viewer in viewers.items()}
    ruled = {who: {p for p in Profile.objects.all() if permissions.can_see(v, p)} for who, v in viewers.items()}

    assert listed == ruled


def test_a_profile_is_seen_as_far_as_it_is_listed(profiles, viewers):
    def seen_by(who):
        return {kind for kind, profile in profiles.items() if permissions.can_see(viewers[who], profile)}

    public, members = ("Everyone", "open"), ("Members", "open")
    assert seen_by("visitor") == seen_by("newcomer") == {public}
    assert seen_by("member") == seen_by("staff without a role") == seen_by("Communications staff") == {public, members}
    assert seen_by("Secretariat") == seen_by("superuser") == set(profiles)


def test_an_owner_sees_his_own_profile_whether_listed_or_not(profiles):
    for profile in profiles.values():
        assert permissions.can_see(profile.user, profile)
        assert permissions.audience_for(profile.user, profile) == Audience.ONLY_ME


def test_having_a_profile_makes_a_member_and_so_does_working_for_iom(viewers):
    members = {who for who, viewer in viewers.items() if reads_as(viewer) == Audience.MEMBERS}

    assert set(viewers) - members == {"visitor", "newcomer"}


def test_nobody_reads_a_page_of_the_portal_with_more_than_members_eyes(profiles, viewers):
    """What only the IOM team may see is opened in the administration, with a purpose."""
    for profile in profiles.values():
        for viewer in viewers.values():
            if viewer != profile.user:
                assert permissions.audience_for(viewer, profile) in {Audience.MEMBERS, Audience.PUBLIC}


def test_members_write_to_listed_people_and_nobody_else_does(profiles, viewers):
    def may(who):
        return {kind for kind, profile in profiles.items() if permissions.can_write_to(viewers[who], profile)}

    listed = {("Members", "open"), ("Everyone", "open")}
    assert may("member") == may("staff without a role") == may("Secretariat") == listed
    assert may("visitor") == may("newcomer") == set()
    assert may("owner of ('Everyone', 'open')") == {("Members", "open")}


def test_whoever_may_write_to_somebody_may_see_him(profiles, viewers):
    for viewer in viewers.values():
        for profile in profiles.values():
            assert not permissions.can_write_to(viewer, profile) or permissions.can_see(viewer, profile)


def test_a_message_is_seen_by_the_two_people_and_answered_by_the_one_who_got_it(viewers):
    message = MessageFactory()
    readers = viewers | {"sender": message.sender, "recipient": message.recipient}
    signed_in = {who: reader for who, reader in readers.items() if reader.is_authenticated}

    seeing = {who for who, reader in signed_in.items() if message in Message.objects.visible_to(reader)}
    answering = {who for who, reader in signed_in.items() if permissions.can_answer(reader, message)}

    assert seeing == {"sender", "recipient"}
    assert answering == {"recipient"}


def test_accounts_and_consents_are_seen_by_their_owner_and_by_those_with_the_right(viewers):
    owner = UserFactory()
    consent = Consent.objects.create(user=owner, purpose="terms", given=True, wording="Yes.", language="en")
    signed_in = {who: viewer for who, viewer in viewers.items() if viewer.is_authenticated} | {"himself": owner}

    assert {who for who, viewer in signed_in.items() if consent in Consent.objects.visible_to(viewer)} == {
        "himself", "superuser", "Data-protection focal point",
    }  # fmt: skip
    assert {who for who, viewer in signed_in.items() if owner in User.objects.visible_to(viewer)} == {
        "himself", "superuser", "Data-protection focal point", "Administrator",
    }  # fmt: skip
