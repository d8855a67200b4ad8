"""What the database itself refuses, whoever asks."""

import pytest
from django.db import DatabaseError, connection, transaction

from apps.core.models import Skill
from apps.core.tests.factories import LanguageFactory, RegionFactory, SkillFactory
from apps.members.models import PARTS, Audience, DirectoryEntry, Message, Profile, ProfileOpening, ProfileSkill
from apps.members.models.profile import ID_LETTERS, new_public_id
from apps.members.tests.factories import ProfileFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def profile():
    return ProfileFactory(expert=True, languages=[LanguageFactory()], skills=[SkillFactory()])


def refused(constraint, change):
    def change_and_check():
        change()
        connection.check_constraints()  # foreign keys are looked at when a transaction ends

    with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
        change_and_check()


def of(profile):
    return Profile.objects.filter(pk=profile.pk)


def test_a_profile_has_a_name(profile):
    refused("profile_has_a_name", lambda: of(profile).update(display_name=""))


@pytest.mark.parametrize("listing", [1, 4])
def test_a_profile_is_listed_for_nobody_for_members_or_for_everyone(profile, listing):
    refused("profile_listing_known", lambda: of(profile).update(listing=listing))


@pytest.mark.parametrize("part", PARTS)
def test_every_part_has_an_audience_that_is_known(profile, part):
    refused(f"{part}_audience_known", lambda: of(profile).update(**{f"{part}_audience": 4}))


def test_every_part_has_an_audience_of_its_own():
    audiences = {f.name for f in Profile._meta.concrete_fields if f.name.endswith("_audience")}

    assert audiences == {f"{part}_audience" for part in PARTS}


def test_a_region_lies_in_a_country(profile):
    refused("a_region_lies_in_a_country", lambda: of(profile).update(region=RegionFactory(), country=None))


def test_a_person_has_one_profile_and_each_a_number_of_its_own(profile):
    refused("user_id", lambda: Profile.objects.create(user=profile.user, display_name="Twice"))
    refused("public_id", lambda: of(ProfileFactory()).update(public_id=profile.public_id))


def test_a_language_and_a_skill_stand_once_in_a_profile_at_a_level_that_is_known(profile):
    language, skill = profile.languages.get(), profile.skills.get()

    refused("a_language_once", lambda: profile.languages.create(language=language.language, level="A1"))
    refused("a_skill_once", lambda: profile.skills.create(skill=skill.skill))
    refused("language_level_known", lambda: profile.languages.update(level="Z9"))
    refused("skill_level_known", lambda: profile.skills.update(level=4))
    refused("years_of_one_life", lambda: profile.skills.update(years=71))


def test_a_skill_that_somebody_has_cannot_be_deleted_only_retired(profile):
    skill = profile.skills.get().skill

    refused("core_skill", lambda: Skill.objects.filter(pk=skill.pk)._raw_delete("default"))
    Skill.objects.filter(pk=skill.pk).update(active=False)
    assert ProfileSkill.objects.get().skill == skill


def test_nobody_writes_to_himself(profile):
    refused(
        "nobody_writes_to_himself",
        lambda: Message.objects.create(sender=profile.user, recipient=profile.user, subject="x", text="x"),
    )


def test_an_audience_has_one_entry_of_a_person_and_only_members_and_everyone_have_any(profile):
    refused("members_directoryentry_3_pkey", lambda: profile.entries.update(audience=Audience.PUBLIC))
    refused(
        "no partition of relation",
        lambda: DirectoryEntry.objects.filter(audience=Audience.MEMBERS).update(audience=Audience.IOM),
    )


def test_an_opening_counts_once_a_day(profile):
    reader = UserFactory()
    ProfileOpening.objects.create(reader=reader, profile=profile, day="2026-05-04")

    refused(
        "an_opening_once_a_day",
        lambda: ProfileOpening.objects.create(reader=reader, profile=profile, day="2026-05-04"),
    )


# --- what a profile says of itself ------------------------------------------------------------------------------------
def test_a_public_number_spells_no_word_and_is_read_out_without_doubt():
    numbers = {new_public_id() for _ in range(200)}

    assert len(numbers) == 200
    assert not set("aeiou01l") & set(ID_LETTERS)
    assert all(len(number) == 10 and set(number) <= set(ID_LETTERS) for number in numbers)


@pytest.mark.parametrize("listing", [Audience.ONLY_ME, Audience.MEMBERS, Audience.PUBLIC])
@pytest.mark.parametrize("audience", Audience)
def test_a_part_is_seen_as_far_as_it_and_the_profile_are_open(listing, audience):
    profile = Profile(listing=listing, about_audience=audience)

    assert profile.shows("about", Audience.ONLY_ME)
    assert profile.shows("about", Audience.IOM) == (audience >= Audience.IOM)
    assert profile.shows("about", Audience.MEMBERS) == (min(listing, audience) >= Audience.MEMBERS)
    assert profile.shows("about", Audience.PUBLIC) == (min(listing, audience) == Audience.PUBLIC)


def test_a_new_profile_is_listed_nowhere_and_keeps_ties_to_itself():
    profile = Profile()

    assert not profile.is_listed
    assert not profile.is_expert
    assert profile.ties_audience == Audience.ONLY_ME


def test_what_is_missing_is_named_in_the_order_of_the_steps():
    empty = Profile.objects.with_everything().get(pk=ProfileFactory().pk)
    told = ProfileFactory(headline="Midwife", about="x", languages=[LanguageFactory()], offers_talks=True)

    told.occupations.create(title="Midwife")

    assert empty.missing() == [part for part in PARTS if part not in {"ties", "links"}]  # nobody has to tell these
    missing = Profile.objects.with_everything().get(pk=told.pk).missing()
    assert missing == ["photo", "residence", "skills", "sectors", "education", "availability"]
