"""The verbs of members: what each does, what it refuses, and that doing it twice is doing it once."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from apps.core.models import AuditEntry
from apps.core.tests.factories import CountryFactory, LanguageFactory, SectorFactory, SkillFactory
from apps.members import permissions
from apps.members.models import Audience, Consent, DirectoryEntry, Message, Profile, ProfileOpening, SkillLevel, User
from apps.members.services import accounts, consents, messages, profiles, tidying
from apps.members.tests.factories import MessageFactory, ProfileFactory, UserFactory
from apps.outbox.tests.letters import letters

pytestmark = [pytest.mark.django_db, pytest.mark.services]

WORDING = "I agree that the portal keeps the places I am connected to."


@pytest.fixture
def profile():
    return ProfileFactory(listed=True)


def verbs():
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


# --- accounts ---------------------------------------------------------------------------------------------------------
def test_registering_keeps_the_language_and_what_was_agreed_in_the_words_that_were_read():
    user = UserFactory()

    accounts.registered(user=user, language="fr", terms="J’ai lu la notice.", adult="J’ai 18 ans ou plus.")

    user.refresh_from_db()
    assert user.language == "fr"
    assert list(user.consents.order_by("pk").values_list("purpose", "given", "wording")) == [
        ("terms", True, "J’ai lu la notice."),
        ("adult", True, "J’ai 18 ans ou plus."),
    ]
    assert verbs() == ["members.consent_given", "members.consent_given", "members.registered"]


def test_mails_follow_the_language_in_which_somebody_reads():
    user, other = UserFactory(language="en"), UserFactory(language="en")

    accounts.speak(user=user, language="nl")

    assert (User.objects.get(pk=user.pk).language, User.objects.get(pk=other.pk).language) == ("nl", "en")


def test_tidying_lets_go_of_what_has_had_its_time_and_of_nothing_else():
    with time_machine.travel(timezone.now() - timedelta(days=31)):
        stale = UserFactory(address__verified=False)
        accounts.registered(user=stale, language="en", terms="Yes.", adult="Yes.")
        confirmed, staff = UserFactory(), UserFactory(address__verified=False, is_staff=True)
        with_profile = ProfileFactory(user__address__verified=False).user
    with time_machine.travel(timezone.now() - timedelta(days=91)):
        old = MessageFactory()
        ProfileOpening.objects.create(reader=confirmed, profile=ProfileFactory(), day=timezone.localdate())
    fresh_user, fresh = UserFactory(address__verified=False), MessageFactory()
    ProfileOpening.objects.create(reader=confirmed, profile=ProfileFactory(), day=timezone.localdate())

    rules = ["unconfirmed accounts", "unused accounts", "messages", "openings", "downloads", "sessions", "warned"]
    none = dict.fromkeys(rules, 0)
    assert tidying.keep_tidy() == none | {"unconfirmed accounts": 1, "messages": 1, "openings": 1}
    assert tidying.keep_tidy() == none

    assert not User.objects.filter(pk=stale.pk).exists()
    assert User.objects.filter(pk__in=[confirmed.pk, staff.pk, with_profile.pk, fresh_user.pk]).count() == 4
    assert list(Message.objects.all()) == [fresh]
    assert old not in Message.objects.all()
    assert ProfileOpening.objects.count() == 1


def test_an_account_is_one_address_in_whatever_case_it_is_written():
    user = User.objects.create_user("Aline@Example.org")

    assert user.email == "aline@example.org"
    assert User.objects.get_by_natural_key("ALINE@example.ORG") == user
    with pytest.raises(DatabaseError, match="one_account_per_address"), transaction.atomic():
        User.objects.bulk_create([User(email="ALINE@EXAMPLE.ORG")])


# --- the ledger of consents -------------------------------------------------------------------------------------------
def give(user, purpose=Consent.Purpose.TIES):
    consents.give(user=user, purpose=purpose, wording=WORDING)


def withdraw(user, purpose=Consent.Purpose.TIES):
    consents.withdraw(user=user, purpose=purpose, wording=WORDING)


def test_the_newest_line_of_a_purpose_holds():
    user = UserFactory()
    assert not Consent.objects.holds(user, "ties")

    give(user)
    assert Consent.objects.holds(user, "ties")
    assert not Consent.objects.holds(user, "terms")
    assert not Consent.objects.holds(UserFactory(), "ties")

    withdraw(user)
    assert not Consent.objects.holds(user, "ties")


def test_agreeing_twice_and_withdrawing_what_was_never_given_write_nothing():
    user = UserFactory()

    withdraw(user)
    give(user)
    give(user)
    withdraw(user)
    withdraw(user)

    assert list(user.consents.order_by("pk").values_list("given", flat=True)) == [True, False]
    assert verbs() == ["members.consent_given", "members.consent_withdrawn"]


@pytest.mark.parametrize(
    "change",
    [lambda lines: lines.update(given=False), lambda lines: lines.delete()],
    ids=["update", "delete"],
)
def test_the_database_refuses_to_change_or_delete_a_consent(change):
    user = UserFactory()
    give(user)

    with pytest.raises(DatabaseError, match="append"), transaction.atomic():
        change(user.consents.all())
    assert Consent.objects.holds(user, "ties")


# --- the profile ------------------------------------------------------------------------------------------------------
def test_the_first_step_makes_the_profile_unlisted_with_ties_for_oneself():
    user = UserFactory()

    profile = profiles.save_about(user=user, display_name="Aline", headline="Midwife")

    assert (profile.listing, profile.ties_audience) == (Audience.ONLY_ME, Audience.ONLY_ME)
    assert not DirectoryEntry.objects.exists()
    assert verbs() == ["members.about_saved"]
    assert profiles.save_about(user=user, display_name="Aline B.").pk == profile.pk


def test_each_step_is_in_the_directory_with_its_commit(profile):
    country, language, sector, skill = CountryFactory(), LanguageFactory(), SectorFactory(), SkillFactory()

    profiles.save_about(user=profile.user, display_name="Aline", headline="Midwife", country=country, place="Gent")
    profiles.save_languages(user=profile.user, levels={language: "C1"})
    profiles.add_skill(user=profile.user, skill=skill)
    profiles.save_offer(user=profile.user, sectors=[sector], offers_talks=True)

    card = DirectoryEntry.objects.get(profile=profile, audience=Audience.MEMBERS).card
    assert (card["name"], card["headline"], card["country"], card["place"]) == ("Aline", "Midwife", country.pk, "Gent")
    assert (card["languages"], card["sectors"], card["offers"]) == ([language.pk], [sector.pk], [3])


def test_a_place_one_is_connected_to_is_kept_with_consent_only(profile):
    country = CountryFactory()

    profiles.save_ties(user=profile.user, countries=[country], agreed=False, wording=WORDING)
    assert list(profile.ties.all()) == []

    profiles.save_ties(user=profile.user, countries=[country], agreed=True, wording=WORDING)
    assert list(profile.ties.all()) == [country]
    assert profile.user.consents.get().wording == WORDING


def test_taking_the_consent_back_deletes_the_places_everywhere_at_once(profile):
    country = CountryFactory()
    profiles.save_ties(user=profile.user, countries=[country], agreed=True, wording=WORDING)
    profiles.save_visibility(user=profile.user, listing=Audience.PUBLIC, ties_audience=Audience.PUBLIC)
    assert all(entry.card["ties"] == [country.pk] for entry in DirectoryEntry.objects.all())

    profiles.save_ties(user=profile.user, countries=[country], agreed=False, wording=WORDING)

    profile.refresh_from_db()
    assert list(profile.ties.all()) == []
    assert profile.ties_audience == Audience.ONLY_ME
    assert {(tuple(entry.card["ties"]), tuple(entry.facets)) for entry in DirectoryEntry.objects.all()} == {((), ())}
    assert not Consent.objects.holds(profile.user, "ties")


def test_saving_languages_replaces_the_former_ones_and_changes_a_level(profile):
    french, dutch, german = LanguageFactory.create_batch(3)
    profiles.save_languages(user=profile.user, levels={french: "B1", dutch: "C1"})

    profiles.save_languages(user=profile.user, levels={french: "C2", german: "A1"})

    assert set(profile.languages.values_list("language", "level")) == {(french.pk, "C2"), (german.pk, "A1")}


def test_adding_a_skill_twice_keeps_it_once_with_the_level_it_had(profile):
    skill = SkillFactory()
    profiles.add_skill(user=profile.user, skill=skill)
    profiles.save_skills(user=profile.user, changes={skill.pk: {"level": SkillLevel.EXPERT, "years": 9}})

    profiles.add_skill(user=profile.user, skill=skill)

    assert list(profile.skills.values_list("skill", "level", "years")) == [(skill.pk, 3, 9)]


def test_skills_change_level_and_years_and_go_away_and_only_those_one_has(profile):
    kept, gone, never_had = SkillFactory.create_batch(3)
    for skill in (kept, gone):
        profiles.add_skill(user=profile.user, skill=skill)

    profiles.save_skills(
        user=profile.user,
        changes={skill.pk: {"level": 1, "years": None} for skill in (kept, gone, never_had)},
        removed=[gone.pk],
    )

    assert list(profile.skills.values_list("skill", "level", "years")) == [(kept.pk, 1, None)]


def test_leaving_the_directory_holds_at_once(profile):
    profiles.save_offer(user=profile.user, sectors=[], offers_talks=True)
    profiles.save_visibility(user=profile.user, listing=Audience.PUBLIC)
    assert DirectoryEntry.objects.filter(profile=profile).count() == 2

    profiles.save_visibility(user=profile.user, listing=Audience.ONLY_ME)

    assert not DirectoryEntry.objects.filter(profile=profile).exists()
    assert verbs()[-1] == "members.visibility_saved"


@pytest.mark.parametrize(
    "verb",
    [
        lambda user: profiles.save_languages(user=user, levels={}),
        lambda user: profiles.add_skill(user=user, skill=SkillFactory()),
        lambda user: profiles.save_visibility(user=user, listing=3),
        lambda user: profiles.save_ties(user=user, countries=[], agreed=True, wording=WORDING),
    ],
)
def test_without_a_profile_no_later_step_is_saved(verb):
    with pytest.raises(Profile.DoesNotExist), transaction.atomic():
        verb(UserFactory())
    assert not Profile.objects.exists()
    assert not Consent.objects.exists()


# --- sixty profiles a day ---------------------------------------------------------------------------------------------
def test_a_member_opens_sixty_profiles_a_day_each_as_often_as_he_likes(monkeypatch, profile):
    monkeypatch.setattr(permissions, "PROFILES_A_DAY", 2)
    first, second, third = ProfileFactory.create_batch(3)
    for opened in (first, first, second, first):
        profiles.open_profile(reader=profile.user, profile=opened)

    with pytest.raises(profiles.TooManyProfiles), transaction.atomic():
        profiles.open_profile(reader=profile.user, profile=third)
    profiles.open_profile(reader=profile.user, profile=first)
    profiles.open_profile(reader=third.user, profile=first)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        profiles.open_profile(reader=profile.user, profile=third)

    assert profile.user.openings.count() == 3


# --- messages ---------------------------------------------------------------------------------------------------------
def write(sender, to, text="Shall we talk?", subject="A question"):
    return messages.write(sender=sender, to=to, subject=subject, text=text)


def test_a_message_reaches_its_reader_by_mail_without_anybodys_address(profile):
    sender = ProfileFactory(display_name="Jean-Pierre").user

    message = write(sender, profile)

    (letter,) = letters()
    assert letter.to == profile.user.email
    assert letter.subject == "Jean-Pierre writes to you: A question"
    assert "Shall we talk?" in letter.body
    assert sender.email not in letter.body + letter.html + str(letter.raw)
    assert message.get_absolute_url() in letter.body
    assert verbs() == ["members.message_sent"]


def test_a_second_click_is_the_same_message(profile):
    sender = ProfileFactory().user

    assert write(sender, profile) == write(sender, profile)

    assert len(letters()) == Message.objects.count() == 1
    assert write(sender, profile, text="Another thing").pk != Message.objects.order_by("pk").first().pk


def test_an_eleventh_message_within_a_day_is_refused_and_may_go_the_day_after(profile):
    sender = ProfileFactory().user
    for number in range(messages.A_DAY):
        write(sender, profile, text=f"Number {number}")

    with pytest.raises(messages.TooManyMessages), transaction.atomic():
        write(sender, profile, text="One too many")
    assert Message.objects.count() == messages.A_DAY
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        write(sender, profile, text="The day after")


def test_an_answer_goes_back_to_the_sender_even_if_he_is_not_listed(profile):
    asked = write(ProfileFactory().user, profile)

    answer = messages.answer(sender=profile.user, message=asked, text="Gladly.")
    again = messages.answer(sender=asked.sender, message=answer, text="Tuesday?")

    assert (answer.recipient, answer.subject, answer.answers) == (asked.sender, "Re: A question", asked)
    assert (again.recipient, again.subject) == (profile.user, "Re: A question")


def test_nobody_writes_to_himself(profile):
    with pytest.raises(DatabaseError, match="nobody_writes_to_himself"), transaction.atomic():
        write(profile.user, profile)


def test_a_message_and_its_mail_are_kept_together_or_not_at_all(profile):
    with transaction.atomic():
        write(ProfileFactory().user, profile)
        transaction.set_rollback(True)

    assert (Message.objects.count(), letters()) == (0, [])


# --- two at once: every verb holds a lock, so that both clicks find the same world ------------------------------------
def at_once(verb, times=2):
    """Call the verb in as many threads at the same moment; return what each came back with, or its exception."""
    start = Barrier(times)

    def call(number):
        try:
            start.wait(timeout=10)
            return verb(number)
        except Exception as error:  # noqa: BLE001 - it is the result
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(call, range(times)))


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_profile():
    user = UserFactory()

    first, second = at_once(lambda _n: profiles.save_about(user=user, display_name="Aline"), 2)

    assert first == second == Profile.objects.get()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_add_a_skill_once(profile):
    skill = SkillFactory()

    first, second = at_once(lambda _n: profiles.add_skill(user=profile.user, skill=skill))

    assert first == second == profile.skills.get()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_write_one_line_into_the_ledger():
    user = UserFactory()

    assert at_once(lambda _n: give(user), 4) == [None] * 4
    assert user.consents.count() == 1


@pytest.mark.django_db(transaction=True)
def test_messages_written_at_once_do_not_pass_the_number_of_a_day(profile):
    sender = ProfileFactory().user
    for number in range(messages.A_DAY - 1):
        write(sender, profile, text=f"Number {number}")

    results = at_once(lambda number: write(sender, profile, text=f"At once {number}"), 4)

    assert sorted(type(result).__name__ for result in results) == ["Message", *["TooManyMessages"] * 3]
    assert Message.objects.count() == messages.A_DAY


@pytest.mark.django_db(transaction=True)
def test_a_double_click_on_send_sends_once(profile):
    sender = ProfileFactory().user

    first, second = at_once(lambda _n: write(sender, profile))

    assert first == second == Message.objects.get()
    assert len(letters()) == 1


@pytest.mark.django_db(transaction=True)
def test_profiles_opened_at_once_do_not_pass_the_number_of_a_day(monkeypatch, profile):
    monkeypatch.setattr(permissions, "PROFILES_A_DAY", 1)
    others = ProfileFactory.create_batch(4)

    results = at_once(lambda number: profiles.open_profile(reader=profile.user, profile=others[number]), 4)

    assert sorted(type(result).__name__ for result in results) == ["NoneType", *["TooManyProfiles"] * 3]


@pytest.mark.django_db(transaction=True)
def test_a_step_saved_while_another_is_not_finished_undoes_nothing_of_it(profile):
    language = LanguageFactory()

    def languages():
        try:
            profiles.save_languages(user=profile.user, levels={language: "C1"})
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            profiles.save_visibility(user=profile.user, listing=Audience.ONLY_ME)
            other = pool.submit(languages)
            time.sleep(0.5)  # it reaches the lock, and waits there for the end of this transaction
        other.result(timeout=10)

    profile.refresh_from_db()
    assert (profile.listing, profile.languages.get().language) == (Audience.ONLY_ME, language)
    assert not DirectoryEntry.objects.filter(profile=profile).exists()
