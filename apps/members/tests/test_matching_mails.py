"""News of what fits, at each member's own pace; what is followed."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.core.models import AuditEntry
from apps.core.tests.factories import CountryFactory, SectorFactory
from apps.members import emails, kinds
from apps.members.models import Audience, Consent, Criteria, Follow, Profile, ToldMatch, User
from apps.members.models.profile import PACES
from apps.members.services import consents, erasure
from apps.members.services import matching as services
from apps.members.services import profiles as steps
from apps.members.tasks import tell_matches
from apps.outbox.models import OutgoingMail

from .factories import ProfileFactory, UserFactory
from .test_matching import World, call  # noqa: F401 - a fixture of this module too

ROLES = [
    "Administrator", "Communications staff", "Data-protection focal point", "Project staff", "Secretariat",
]  # fmt: skip

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def world():
    world = World()
    services.choose_pace(user=world.nurse.user, pace=7, wording="Write to me.")
    Profile.objects.update(updated_at=timezone.now() - timedelta(hours=1))
    return world


def settled():
    """What was handed in is old enough to be seen by everybody."""
    Criteria.objects.update(at=timezone.now() - timedelta(minutes=10))


def days_pass(days):
    for model, field in ((Criteria, "at"), (Profile, "matched_at"), (Profile, "updated_at")):
        for row in model.objects.exclude(**{field: None}):
            model.objects.filter(pk=row.pk).update(**{field: getattr(row, field) - timedelta(days=days)})
    OutgoingMail.objects.all().delete()


def is_due():
    return Profile.objects.due_for_matches(timezone.now() - services.SETTLING).exists()


def mails():
    return OutgoingMail.objects.filter(kind="members.matches")


class TestNews:
    def test_a_new_call_that_fits_is_told_once_with_its_reasons(self, world):
        world.health_call()
        world.tvet_call()
        settled()

        tell_matches()
        tell_matches()

        mail = mails().get()
        assert (mail.to, mail.person, mail.about_id) == (world.nurse.user.email, world.nurse.user, world.nurse.pk)
        assert "Health experts for Rwanda (Call)\nhttp" in mail.values["matches"]
        assert "• Met: Nursing\n" in mail.values["matches"]
        assert "• Not known: English, at least B2 (Add your English level)" in mail.values["matches"]
        assert "technical schools" not in mail.values["matches"]
        assert mail.values["page_url"].endswith(reverse("members:matching"))

    def test_the_next_mail_comes_after_the_pace_and_tells_only_what_is_new(self, world):
        world.health_call()
        settled()
        assert services.tell_matches() == 1
        days_pass(6)
        services.hand_in(kind="tests.call", about=8, rows=[world.skill(world.nursing)])
        settled_ids = Criteria.objects.filter(about_id=8)
        settled_ids.update(at=timezone.now() - timedelta(minutes=6))
        assert services.tell_matches() == 0
        days_pass(1)

        assert services.tell_matches() == 1

        assert "Call 8 (Call)" in mails().get().values["matches"]
        assert "Health experts" not in mails().get().values["matches"]

    def test_nothing_new_makes_no_mail(self, world):
        world.health_call()
        settled()
        services.tell_matches()
        days_pass(30)

        assert not is_due()
        assert services.tell_matches() == 0
        assert not mails().exists()

    @pytest.mark.parametrize("pace", [days for days in PACES if days])
    def test_each_pace_has_its_turn(self, world, pace):
        services.choose_pace(user=world.nurse.user, pace=pace, wording="Write to me.")
        world.tvet_call()
        settled()
        services.tell_matches()
        days_pass(pace)
        world.tvet_call()
        settled()
        assert is_due()

        Profile.objects.update(matched_at=timezone.now() - timedelta(days=pace - 1, hours=23))

        assert not is_due()

    def test_a_call_that_fits_since_the_profile_changed_is_told(self, world):
        """She learns electricity after the call came, which is open still."""
        world.health_call()
        world.tvet_call()
        settled()
        services.tell_matches()
        steps.add_skill(user=world.nurse.user, skill=world.electricity)
        assert services.tell_matches() == 0  # at her pace
        days_pass(7)

        assert services.tell_matches() == 1

        assert "technical schools" in mails().get().values["matches"]
        assert "Health experts" not in mails().get().values["matches"]
        assert [told.criteria.about_id for told in ToldMatch.objects.order_by("pk")] == [1, 2]

    def test_a_call_that_was_corrected_is_told_to_those_whom_it_fits_now_and_to_nobody_twice(self, world):
        world.health_call()
        world.tvet_call()
        settled()
        services.tell_matches()
        days_pass(7)
        world.health_call()
        services.hand_in(kind="tests.call", about=2, rows=[world.lives(world.be)])
        settled()

        assert services.tell_matches() == 1

        assert "technical schools" in mails().get().values["matches"]
        assert "Health experts" not in mails().get().values["matches"]

    def test_two_turns_on_one_day_are_two_mails(self, world):
        """The day on which the clocks go back has 25 hours."""
        services.choose_pace(user=world.nurse.user, pace=1, wording="Write to me.")
        for about in (7, 8):
            services.hand_in(kind="tests.call", about=about, rows=[world.skill(world.nursing)])
            settled()
            assert services.tell_matches() == 1
            Profile.objects.update(matched_at=timezone.now() - timedelta(days=1, minutes=5))

        assert mails().count() == 2

    def test_a_call_that_is_over_is_not_told_late(self, world):
        services.hand_in(kind="tests.call", about=2, rows=[world.skill(world.electricity)])
        settled()
        services.tell_matches()
        days_pass(7)
        steps.add_skill(user=world.nurse.user, skill=world.electricity)
        Criteria.objects.update(open_until=timezone.localdate() - timedelta(days=1))

        assert services.tell_matches() == 0

    @pytest.mark.parametrize(
        ("most", "named", "more"),
        [
            (1, ["Call 9 (Call)"], "2 more fit you: they stand on the page linked below."),
            (2, ["Call 9 (Call)", "Call 8 (Call)"], "1 more fits you: it stands on the page linked below."),
            (3, ["Call 9 (Call)", "Call 8 (Call)", "Call 7 (Call)"], ""),
        ],
    )
    def test_what_one_mail_does_not_hold_is_said_in_it_and_told_once(self, world, monkeypatch, most, named, more):
        """Nor do calls that are not published stand in the way of others, or count as told."""
        monkeypatch.setattr("apps.members.emails.MOST_MATCHES", most)
        for about in (7, 8, 9, 404):
            services.hand_in(kind="tests.call", about=about, rows=[world.skill(world.nursing)])
        settled()

        assert services.tell_matches() == 1

        lines = mails().get().values["matches"].split("\n")
        assert [line for line in lines if line.endswith("(Call)")] == named
        assert [line for line in lines if "more fit" in line] == [more] * bool(more)
        assert set(ToldMatch.objects.values_list("criteria__about_id", flat=True)) == {7, 8, 9}
        days_pass(7)
        Profile.objects.update(updated_at=timezone.now())
        assert services.tell_matches() == 0

    def test_one_whose_mail_fails_stops_no_other_and_stays_due(self, world, monkeypatch):
        other = ProfileFactory(skills=[world.nursing])
        services.choose_pace(user=other.user, pace=7, wording="Write to me.")
        world.health_call()
        services.hand_in(kind="tests.call", about=8, rows=[world.skill(world.nursing)])
        settled()
        whole = emails.matches_found

        def fails_for_the_nurse(profile, sets):
            told = whole(profile, sets)
            return told if profile == other else 1 / 0

        monkeypatch.setattr(emails, "matches_found", fails_for_the_nurse)

        assert services.tell_matches() == 1

        assert mails().get().person == other.user
        monkeypatch.undo()
        assert services.tell_matches() == 1
        assert mails().filter(person=world.nurse.user).exists()

    def test_nobody_is_told_twice_whatever_happens(self, world):
        criteria = world.health_call()
        ToldMatch.objects.create(profile=world.nurse, criteria=criteria)

        with pytest.raises(IntegrityError), transaction.atomic():
            ToldMatch.objects.create(profile=world.nurse, criteria=criteria)

    @pytest.mark.parametrize("what", ["set", "person"])
    def test_what_was_told_goes_with_the_set_and_with_the_person(self, world, what):
        world.health_call()
        settled()
        services.tell_matches()
        assert ToldMatch.objects.exists()

        if what == "set":
            services.take_back(kind="tests.call", about=1)
        else:
            erasure.purge(number=world.nurse.user.pk)

        assert not ToldMatch.objects.exists()

    def test_what_does_not_fit_makes_no_mail_and_is_looked_at_once(self, world):
        world.tvet_call()
        settled()

        assert services.tell_matches() == 0
        assert Profile.objects.get(pk=world.nurse.pk).matched_at is not None

    def test_a_set_of_this_very_moment_waits_until_no_transaction_can_hide_it(self, world):
        world.health_call()

        assert services.tell_matches() == 0
        settled()
        assert services.tell_matches() == 1

    @pytest.mark.parametrize("how", ["never", "consent", "closed", "suspended"])
    def test_who_does_not_want_it_gets_none_and_what_waits_is_dropped(self, world, how):
        world.health_call()
        settled()
        user = world.nurse.user
        match how:
            case "never":
                services.choose_pace(user=user, pace=0, wording="No more.")
            case "consent":
                consents.withdraw(user=user, purpose=Consent.Purpose.DIGEST, wording="No more.")
            case "closed":
                User.objects.filter(pk=user.pk).update(is_active=False)
            case "suspended":
                Profile.objects.update(suspended_until=timezone.localdate() + timedelta(days=9))

        assert services.tell_matches() == 0
        assert list(kinds.not_told([world.nurse.pk])) == [world.nurse.pk]

    def test_it_is_wanted_as_long_as_the_consent_holds(self, world):
        assert kinds.not_told([world.nurse.pk]) == {}

    @pytest.mark.parametrize("role", [*ROLES, ""])
    def test_no_staff_read_what_a_member_keeps_to_himself(self, client, world, role):
        """Her answers are in the mail, which speaks of her skills: for herself alone."""
        Profile.objects.update(skills_audience=Audience.ONLY_ME)
        world.health_call()
        settled()
        services.tell_matches()
        mail = mails().get()
        assert "• Met: Nursing\n" in mail.values["matches"]
        staff = UserFactory(is_staff=True, is_superuser=not role)
        staff.groups.set(Group.objects.filter(name=role))
        assert staff.groups.count() == bool(role)
        client.force_login(staff)
        address = reverse("admin:outbox_outgoingmail_change", args=[mail.pk])
        client.post(address, {"then": "open", "purpose": "The member asks why no mail came"})

        for way in (address, reverse("admin:outbox_outgoingmail_body", args=[mail.pk])):
            assert "Nursing" not in client.get(way).content.decode()

    def test_a_hidden_member_gets_news_too(self, world):
        Profile.objects.update(listing=Audience.ONLY_ME)
        world.health_call()
        settled()

        assert services.tell_matches() == 1


class TestPace:
    def test_there_are_four_paces_and_the_database_knows_no_other(self, world):
        for pace in PACES:
            Profile.objects.update(match_pace=pace)

        with pytest.raises(IntegrityError), transaction.atomic():
            Profile.objects.update(match_pace=2)

    def test_a_pace_gives_the_consent_and_never_takes_it_back(self, world):
        user = world.nurse.user
        assert Consent.objects.holds(user, Consent.Purpose.DIGEST)

        services.choose_pace(user=user, pace=0, wording="No more.")

        assert not Consent.objects.holds(user, Consent.Purpose.DIGEST)
        assert Profile.objects.get(user=user).match_pace == 0
        words = Consent.objects.filter(user=user, purpose="digest").order_by("pk").values_list("wording", flat=True)
        assert list(words) == ["Write to me.", "No more."]

    def test_a_consent_taken_back_elsewhere_sets_the_pace_to_never(self, world):
        consents.withdraw(user=world.nurse.user, purpose=Consent.Purpose.DIGEST, wording="No more.")

        assert Profile.objects.get(pk=world.nurse.pk).match_pace == 0


class TestFollowing:
    def test_a_subject_is_followed_once_and_left(self):
        user, rwanda, health = UserFactory(), CountryFactory(), SectorFactory()
        for _twice in range(2):
            services.follow(user=user, country=rwanda)
            services.follow(user=user, sector=health)

        assert {str(follow) for follow in Follow.objects.of(user)} == {str(rwanda), str(health)}
        services.unfollow(user=user, follow=Follow.objects.get(country=rwanda))
        assert [follow.sector for follow in Follow.objects.of(user)] == [health]
        verbs = AuditEntry.objects.filter(person_id=user.pk).order_by("pk").values_list("verb", flat=True)
        assert list(verbs) == ["members.followed", "members.followed", "members.unfollowed"]

    def test_nobody_unfollows_for_somebody_else(self):
        rwanda = CountryFactory()
        services.follow(user=UserFactory(), country=rwanda)

        services.unfollow(user=UserFactory(), follow=Follow.objects.get())

        assert Follow.objects.exists()

    def test_followers_are_each_person_once_with_an_open_account(self):
        rwanda, senegal, health = CountryFactory(), CountryFactory(), SectorFactory()
        both, country, other, closed = UserFactory.create_batch(4)
        for user, subjects in {
            both: [{"country": rwanda}, {"sector": health}],
            country: [{"country": rwanda}],
            other: [{"country": senegal}],
            closed: [{"country": rwanda}],
        }.items():
            for subject in subjects:
                services.follow(user=user, **subject)
        User.objects.filter(pk=closed.pk).update(is_active=False)

        assert set(User.objects.followers_of(country=rwanda)) == {both, country}
        assert set(User.objects.followers_of(sector=health)) == {both}
        assert list(User.objects.followers_of(country=rwanda, sector=health).order_by("pk")) == [both, country]
        assert not User.objects.followers_of().exists()


@pytest.mark.parametrize("profile", [True, False])
def test_the_page(client, world, profile):
    """Seen by the nurse, with both calls explained; an account without a profile is sent to make one."""
    client.force_login(world.nurse.user if profile else UserFactory())
    world.health_call()
    world.tvet_call()

    page = client.get(reverse("members:matching"))

    if not profile:
        assert page.url == reverse("members:profile-about")
        return
    assert [match.title for match in page.context["matches"]] == [
        "Health experts for Rwanda", "Trainers for technical schools",
    ]  # fmt: skip
    text = page.content.decode()
    assert f'<a href="{reverse("members:profile-languages")}">Add your English level</a>' in text
    assert "Not met:</b> Electricity" in text


class TestTheForms:
    @pytest.fixture
    def browser(self, client, world):
        client.force_login(world.nurse.user)
        return client

    def test_choosing_a_pace(self, browser, world):
        answer = browser.post(reverse("members:matching-pace"), {"pace": "30"})

        assert answer.url == reverse("members:matching")
        assert Profile.objects.get(pk=world.nurse.pk).match_pace == 30

    @pytest.mark.parametrize("pace", ["", "2", "x"])
    def test_a_pace_that_is_none_brings_the_page_back(self, browser, world, pace):
        answer = browser.post(reverse("members:matching-pace"), {"pace": pace})

        assert answer.status_code == 200
        assert answer.context["pace_form"].errors
        assert Profile.objects.get(pk=world.nurse.pk).match_pace == 7

    def test_following_and_stopping(self, browser, world):
        browser.post(reverse("members:follow"), {"subject": "country-RW"})
        browser.post(reverse("members:follow"), {"subject": "sector-health"})
        follows = Follow.objects.of(world.nurse.user)
        assert {follow.country or follow.sector for follow in follows} == {world.rw, world.health}

        for follow in follows:
            assert browser.post(reverse("members:unfollow", args=[follow.pk])).status_code == 302
        assert not Follow.objects.exists()

    @pytest.mark.parametrize("subject", ["", "country-??", "nothing"])
    def test_a_subject_that_is_none_brings_the_page_back(self, browser, subject):
        answer = browser.post(reverse("members:follow"), {"subject": subject})

        assert answer.context["follow_form"].errors
        assert not Follow.objects.exists()

    def test_what_somebody_else_follows_is_not_found(self, browser):
        services.follow(user=UserFactory(), country=CountryFactory())

        assert browser.post(reverse("members:unfollow", args=[Follow.objects.get().pk])).status_code == 404

    @pytest.mark.parametrize("page", ["x", "-1", "99999999999999999999"])
    def test_a_page_that_is_none_is_the_nearest(self, browser, world, page):
        world.health_call()

        assert browser.get(reverse("members:matching"), {"page": page}).status_code == 200
