"""Idea 1: a match is explained in both directions, never a score alone."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format

from apps.core.tests.factories import CountryFactory, LanguageFactory, SectorFactory, SkillFactory
from apps.members import matching, matching_kinds
from apps.members.matching_kinds import Described
from apps.members.models import Audience, Consent, Criteria, Criterion, Offer, Profile
from apps.members.services import consents
from apps.members.services import matching as services
from apps.members.services import profiles as steps

from .factories import ProfileFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]

YEAR = timezone.localdate().year + 1
JULY, AUGUST = date(YEAR, 7, 1), date(YEAR, 8, 31)
TITLES = {1: "Health experts for Rwanda", 2: "Trainers for technical schools"}


@pytest.fixture(autouse=True)
def call():
    """A kind of an app above: what is called how, and where it stands. Thing 404 is not published."""
    yield matching_kinds.register(
        "tests.call",
        title="Call",
        describe=lambda ids: {
            pk: Described(TITLES.get(pk, f"Call {pk}"), f"/en/calls/{pk}/") for pk in ids if pk != 404
        },
    )
    matching_kinds.forget("tests.call")


class World:
    """Words of the taxonomy, the nurse in Ghent, and the two calls."""

    def __init__(self):
        for code, name in {"BE": "Belgium", "DE": "Germany", "FR": "France", "GB": "United Kingdom"}.items():
            setattr(self, code.lower(), CountryFactory(code=code, name=name))
        self.nl, self.rw = CountryFactory(code="NL", name="Netherlands"), CountryFactory(code="RW", name="Rwanda")
        self.sn = CountryFactory(code="SN", name="Senegal")
        self.english = LanguageFactory(code="en", name="English")
        self.french = LanguageFactory(code="fr", name="French")
        self.nursing = SkillFactory(slug="nursing", name="Nursing")
        self.paediatric = SkillFactory(slug="paediatric-nursing", name="Paediatric nursing", parent=self.nursing)
        self.electricity = SkillFactory(slug="electricity", name="Electricity")
        self.health = SectorFactory(slug="health", name="Health")
        self.nurse = ProfileFactory(
            display_name="Nurse in Ghent",
            listed=True,
            country=self.be,
            place="Ghent",
            skills=[self.nursing],
            languages=[self.french],
        )
        self.free(self.nurse, JULY, AUGUST, to=[self.rw])

    def free(self, profile, begin, end, *, to=(), **fields):
        window = profile.availabilities.create(starts_on=begin, ends_on=end, **fields)
        window.countries.set(to)
        return window

    def health_call(self, more=(), **how):
        return services.hand_in(
            kind="tests.call",
            about=1,
            rows=[
                self.skill(self.nursing),
                self.lives(self.be, self.de, self.gb, self.fr, self.nl),
                self.dates(4),
                {"what": "destination", "country": self.rw},
                {"what": "language", "language": self.english, "language_level": "B2"},
                *more,
            ],
            **how,
        )

    def tvet_call(self):
        return services.hand_in(
            kind="tests.call", about=2, rows=[self.lives(self.be, self.de), self.skill(self.electricity)]
        )

    def skill(self, skill, level=1, **more):
        return {"what": "skill", "skill": skill, "skill_level": level} | more

    def lives(self, *countries):
        return {"what": "residence", "countries": [country.pk for country in countries]}

    def dates(self, weeks, begin=date(YEAR, 6, 1), end=date(YEAR, 9, 30)):
        return {"what": "dates", "starts_on": begin, "ends_on": end, "weeks": weeks}


@pytest.fixture
def world():
    return World()


def states(match):
    return [answer.state for answer in match.answers]


def sets_for(profile):
    return matching.explained(profile, [pk for pk, _fits in matching.standing(profile)])


def candidates(criteria, **how):
    return services.candidates(criteria=criteria, actor=UserFactory(is_staff=True), purpose="Choosing for it", **how)


def names(criteria):
    return [match.profile.display_name for match in candidates(criteria).matches]


MET, NOT_MET, UNKNOWN = matching.MET, matching.NOT_MET, matching.UNKNOWN


class TestTheNurseInGhent:
    def test_the_health_call_is_met_but_for_her_english_which_is_unknown(self, world):
        match = matching.for_one(world.nurse, world.health_call())

        assert states(match) == [MET, MET, MET, MET, UNKNOWN]
        assert [answer.change for answer in match.answers] == ["", "", "", "", "Add your English level"]
        assert match.answers[4].step == "members:profile-languages"
        assert [answer.asked for answer in match.answers] == [
            "Nursing",
            "Lives in: Belgium, France, Germany, Netherlands, United Kingdom",
            f"Free for at least 4 weeks between {date_format(date(YEAR, 6, 1))} and {date_format(date(YEAR, 9, 30))}",
            "Ready to go to: Rwanda",
            "English, at least B2",
        ]
        assert match.fits
        assert not match.is_whole

    def test_the_call_for_technical_schools_shows_the_failing_row(self, world):
        match = matching.for_one(world.nurse, world.tvet_call())

        assert states(match) == [MET, NOT_MET]
        assert match.answers[1].asked == "Electricity"
        assert match.answers[1].change == "Add “Electricity” if you know it, or raise its level"
        assert not match.fits

    def test_staff_see_the_same_rows(self, world):
        for criteria in (world.health_call(), world.tvet_call()):
            (candidate,) = candidates(criteria).matches

            assert candidate.profile == world.nurse
            assert states(candidate) == states(matching.for_one(world.nurse, criteria))

    def test_a_change_of_the_profile_ranks_anew_without_a_job(self, world):
        world.health_call()
        world.tvet_call()
        other = ProfileFactory(display_name="Other", listed=True, country=world.fr, skills=[world.nursing])
        criteria = Criteria.objects.get(about_id=1)
        assert [match.title for match in sets_for(world.nurse)] == [TITLES[1], TITLES[2]]
        assert names(criteria) == ["Nurse in Ghent", "Other"]

        steps.save_languages(user=other.user, levels={world.english: "C1"})
        world.free(other, JULY, AUGUST)
        world.nurse.skills.all().delete()
        world.nurse.skills.create(skill=world.electricity)

        assert names(criteria) == ["Other", "Nurse in Ghent"]
        assert [match.title for match in sets_for(world.nurse)] == [TITLES[2], TITLES[1]]

    def test_a_hidden_profile_appears_to_staff_only_with_its_consent(self, world):
        criteria = world.health_call()
        Profile.objects.filter(pk=world.nurse.pk).update(listing=Audience.ONLY_ME)
        nurse = Profile.objects.get(pk=world.nurse.pk)
        assert names(criteria) == []
        assert states(matching.for_one(nurse, criteria)) == [MET, MET, MET, MET, UNKNOWN]

        consents.give(user=nurse.user, purpose=Consent.Purpose.MATCHING, wording="I agree.")
        assert names(criteria) == ["Nurse in Ghent"]

        consents.withdraw(user=nurse.user, purpose=Consent.Purpose.MATCHING, wording="I no longer agree.")
        assert names(criteria) == []
        assert [(line.given, line.wording) for line in Consent.objects.filter(purpose="matching").order_by("pk")] == [
            (True, "I agree."),
            (False, "I no longer agree."),
        ]


class TestWhoTakesPart:
    def test_closed_and_suspended_accounts_never_appear(self, world):
        criteria = world.health_call()
        closed = ProfileFactory(listed=True, skills=[world.nursing])
        closed.user.is_active = False
        closed.user.save()
        ProfileFactory(listed=True, skills=[world.nursing], suspended_until=timezone.localdate() + timedelta(days=1))
        back = ProfileFactory(listed=True, suspended_until=timezone.localdate(), display_name="Back today")

        assert names(criteria) == ["Nurse in Ghent", back.display_name]

    @pytest.mark.parametrize(
        ("part", "unknown"),
        [
            ("skills", [0]),
            ("residence", [1]),
            ("availability", [2, 3, 5]),  # the mode is told by the times only
            ("languages", []),
            ("sectors", [6]),
            ("offer", [7]),
        ],
    )
    def test_a_part_for_oneself_is_unknown_to_staff_and_known_to_its_owner(self, world, part, unknown):
        more = [
            {"what": "mode", "mode": "on_site"},
            {"what": "sector", "sector": world.health},
            {"what": "offer", "offer": Offer.TALKS},
        ]
        criteria = world.health_call(more=more)
        world.nurse.sectors.add(world.health)
        Profile.objects.filter(pk=world.nurse.pk).update(offers_talks=True, **{f"{part}_audience": Audience.ONLY_ME})
        nurse = Profile.objects.get(pk=world.nurse.pk)
        own = [MET, MET, MET, MET, UNKNOWN, MET, MET, MET]

        (seen_by_staff,) = candidates(criteria).matches

        assert states(matching.for_one(nurse, criteria)) == own
        assert states(seen_by_staff) == [UNKNOWN if at in unknown else state for at, state in enumerate(own)]
        assert not any(answer.is_hidden_from_iom for answer in seen_by_staff.answers)
        answers = matching.for_one(nurse, criteria).answers
        assert [at for at, answer in enumerate(answers) if answer.is_hidden_from_iom] == unknown

    def test_what_the_iom_team_sees_is_told_as_it_is(self, world):
        """The times for oneself say "on site", the offer for everyone says something else."""
        criteria = services.hand_in(kind="tests.call", about=1, rows=[{"what": "mode", "mode": "on_site"}])
        Profile.objects.update(availability_audience=Audience.ONLY_ME, offers_remote=True)
        nurse = Profile.objects.get(pk=world.nurse.pk)

        (answer,) = matching.for_one(nurse, criteria).answers

        assert (answer.state, answer.seen) == (MET, NOT_MET)
        assert states(candidates(criteria).matches[0]) == [NOT_MET]
        assert (answer.is_hidden_from_iom, answer.is_unknown_to_iom) == (True, False)
        match = {"match": {"answers": [answer]}, "own": True}
        assert "the IOM team comes to another answer" in render_to_string("members/_match.html", match)
        Profile.objects.update(offers_assignments=True)
        (answer,) = matching.for_one(Profile.objects.get(pk=nurse.pk), criteria).answers
        assert not answer.is_hidden_from_iom

    def test_what_only_the_iom_team_may_see_counts_for_the_iom_team(self, world):
        Profile.objects.update(**{f"{part}_audience": Audience.IOM for part in ("skills", "residence", "languages")})

        (candidate,) = candidates(world.health_call()).matches

        assert states(candidate) == [MET, MET, MET, MET, UNKNOWN]


class TestRanking:
    def test_candidates_with_most_required_criteria_come_first_then_most_wished(self, world):
        criteria = services.hand_in(
            kind="tests.call",
            about=3,
            rows=[
                world.skill(world.nursing),
                world.lives(world.be),
                {"what": "sector", "sector": world.health, "required": False},
            ],
        )
        ProfileFactory(display_name="Wished", listed=True, country=world.be, sectors=[world.health])
        ProfileFactory(
            display_name="All", listed=True, country=world.be, sectors=[world.health], skills=[world.nursing]
        )

        assert names(criteria) == ["All", "Nurse in Ghent", "Wished"]

    def test_pages_hold_everybody_once(self, world):
        criteria = world.health_call()
        ProfileFactory.create_batch(4, listed=True)

        first, second = (candidates(criteria, page=page, size=3) for page in (1, 2))

        assert (len(first.matches), first.has_next, len(second.matches), second.has_next) == (3, True, 2, False)
        people = {match.profile for match in first.matches + second.matches}
        assert people == set(Profile.objects.all())

    def test_a_member_is_shown_open_and_published_sets_of_kinds_for_members(self, world):
        yesterday = timezone.localdate() - timedelta(days=1)
        matching_kinds.register(
            "tests.assignment", title="Assignment", describe=lambda ids: dict.fromkeys(ids), for_members=False
        )
        rows = [world.skill(world.nursing)]
        services.hand_in(kind="tests.call", about=5, rows=rows, open_until=timezone.localdate())
        services.hand_in(kind="tests.call", about=6, rows=rows, open_until=yesterday)
        services.hand_in(kind="tests.call", about=404, rows=rows)
        services.hand_in(kind="tests.assignment", about=7, rows=rows)

        assert [(match.kind, match.title, match.url) for match in sets_for(world.nurse)] == [
            ("Call", "Call 5", "/en/calls/5/")
        ]
        matching_kinds.forget("tests.assignment")


class TestEachKind:
    """Both directions answer alike: what the IOM team sees of a profile that hides nothing is what its owner sees."""

    def state(self, profile, **row):
        criteria = services.hand_in(kind="tests.call", about=9, rows=[row])
        own = matching.for_one(profile, criteria).answers[0].state
        (seen,) = [match for match in candidates(criteria).matches if match.profile == profile]
        assert seen.answers[0].state == own
        return own

    def test_a_narrower_skill_counts_with_its_level(self, world):
        profile = ProfileFactory(listed=True)
        asked = world.skill(world.nursing, level=2)
        assert self.state(profile, **asked) == UNKNOWN
        owned = profile.skills.create(skill=world.paediatric, level=1)
        assert self.state(profile, **asked) == NOT_MET
        owned.level = 2
        owned.save()
        assert self.state(profile, **asked) == MET
        assert self.state(profile, **world.skill(world.electricity)) == NOT_MET

    @pytest.mark.parametrize(
        ("level", "expected"), [("A2", NOT_MET), ("B1", NOT_MET), ("B2", MET), ("C1", MET), ("N", MET)]
    )
    def test_a_language_has_levels(self, world, level, expected):
        profile = ProfileFactory(listed=True, languages=[world.french], languages__level=level)
        assert self.state(profile, what="language", language=world.french, language_level="B2") == expected
        assert self.state(profile, what="language", language=world.english, language_level="A1") == UNKNOWN

    def test_residence(self, world):
        assert self.state(ProfileFactory(listed=True), **world.lives(world.be)) == UNKNOWN
        abroad = ProfileFactory(listed=True, country=world.sn)
        assert self.state(abroad, **world.lives(world.be, world.fr)) == NOT_MET
        assert self.state(abroad, **world.lives(world.be, world.sn)) == MET

    @pytest.mark.parametrize(
        ("to", "how", "expected"),
        [
            ([], {}, MET),
            (["rw", "sn"], {}, MET),
            (["sn"], {}, NOT_MET),
            (["rw"], {"on_site": False, "remote": True}, NOT_MET),
        ],
    )
    def test_where_somebody_would_go(self, world, to, how, expected):
        profile = ProfileFactory(listed=True)
        asked = {"what": "destination", "country": world.rw}
        assert self.state(profile, **asked) == UNKNOWN
        world.free(profile, JULY, AUGUST, to=[getattr(world, code) for code in to], **how)
        assert self.state(profile, **asked) == expected

    @pytest.mark.parametrize(
        ("begin", "end", "how", "expected"),
        [
            ((7, 1), (7, 28), {}, MET),  # four weeks to the day
            ((7, 1), (7, 27), {}, NOT_MET),
            ((9, 4), (12, 31), {}, NOT_MET),  # only 27 days of it lie in the dates asked for
            ((9, 3), (12, 31), {}, MET),
            ((1, 1), (12, 31), {"max_weeks": 3}, NOT_MET),
            ((7, 1), (7, 31), {"min_weeks": 5}, NOT_MET),  # comes for five weeks at least, and has four
            ((7, 1), (8, 31), {"min_weeks": 5, "max_weeks": 8}, MET),
        ],
    )
    def test_when_somebody_is_free(self, world, begin, end, how, expected):
        profile = ProfileFactory(listed=True)
        assert self.state(profile, **world.dates(4)) == UNKNOWN
        world.free(profile, date(YEAR, *begin), date(YEAR, *end), **how)
        assert self.state(profile, **world.dates(4)) == expected

    def test_a_time_that_is_over_tells_nothing(self, world):
        profile = ProfileFactory(listed=True)
        yesterday = timezone.localdate() - timedelta(days=1)
        world.free(profile, yesterday - timedelta(days=90), yesterday)
        assert self.state(profile, what="destination", country=world.rw) == UNKNOWN

    @pytest.mark.parametrize(("mode", "other"), [("on_site", "remote"), ("remote", "on_site")])
    def test_on_site_or_at_a_distance_is_read_from_offers_and_free_times(self, world, mode, other):
        offers = {"on_site": "offers_assignments", "remote": "offers_remote"}
        assert self.state(ProfileFactory(listed=True), what="mode", mode=mode) == UNKNOWN
        assert self.state(ProfileFactory(listed=True, **{offers[mode]: True}), what="mode", mode=mode) == MET
        one = ProfileFactory(listed=True, **{offers[other]: True})
        assert self.state(one, what="mode", mode=mode) == NOT_MET
        world.free(one, JULY, AUGUST, **{mode: True})
        assert self.state(one, what="mode", mode=mode) == MET

    @pytest.mark.parametrize("offer", Offer)
    def test_what_somebody_offers(self, world, offer):
        asked, other = {"what": "offer", "offer": offer}, Offer(offer % len(Offer) + 1)
        assert self.state(ProfileFactory(listed=True), **asked) == UNKNOWN
        assert self.state(ProfileFactory(listed=True, **{other.field: True}), **asked) == NOT_MET
        assert self.state(ProfileFactory(listed=True, **{offer.field: True}), **asked) == MET

    def test_what_is_asked_of_an_offer_and_what_would_change_it(self, world):
        speakers = services.hand_in(kind="tests.call", about=1, rows=[{"what": "offer", "offer": Offer.TALKS}])

        (unknown,) = matching.for_one(world.nurse, speakers).answers
        world.nurse.offers_mentoring = True
        (refused,) = matching.for_one(world.nurse, speakers).answers

        assert unknown.asked == "Offers: Talks and interviews"
        assert (unknown.change, unknown.step) == ("Say what you offer", "members:profile-offer")
        assert refused.change == "Tick “Talks and interviews” if you would do it"

    def test_field_of_work(self, world):
        assert self.state(ProfileFactory(listed=True), what="sector", sector=world.health) == UNKNOWN
        other = ProfileFactory(listed=True, sectors=[SectorFactory()])
        assert self.state(other, what="sector", sector=world.health) == NOT_MET
        other.sectors.add(world.health)
        assert self.state(other, what="sector", sector=world.health) == MET


class TestTimes:
    """What is asked of somebody's time is asked of one time, from today on."""

    @pytest.fixture(autouse=True)
    def today(self, monkeypatch):
        """The first of June, so that the calls' summer has begun."""
        monkeypatch.setattr("apps.members.querysets.matching.localdate", lambda: date(YEAR, 6, 1))

    def both(self, profile, rows):
        """The states of these criteria, alike for the owner and, who hides nothing, for the team; and the answers."""
        criteria = services.hand_in(kind="tests.call", about=9, rows=rows)
        match = matching.for_one(profile, criteria)
        (seen,) = [other for other in candidates(criteria).matches if other.profile == profile]
        told = matching.standing(profile)
        assert [answer.seen for answer in match.answers] == states(seen) == states(match)
        assert told == [(criteria.pk, match.fits)]
        return {answer.criterion.what: answer.state for answer in match.answers}, match.answers

    @pytest.fixture
    def profile(self):
        return ProfileFactory(listed=True)

    @pytest.mark.parametrize(("left", "expected"), [(28, MET), (27, NOT_MET)])
    def test_days_that_are_over_do_not_count(self, world, profile, left, expected):
        today = date(YEAR, 6, 1)
        world.free(profile, today - timedelta(days=80), today + timedelta(days=left - 1))

        assert self.both(profile, [world.dates(4, begin=date(YEAR, 1, 1))])[0] == {"dates": expected}

    @pytest.mark.parametrize("wished", [(), ("dates",), ("destination", "mode"), ("dates", "destination", "mode")])
    def test_one_time_answers_what_is_asked_together(self, world, profile, wished):
        rows = [
            world.dates(4),
            {"what": "destination", "country": world.rw},
            {"what": "mode", "mode": "on_site"},
        ]
        rows = [row | {"required": row["what"] not in wished} for row in rows]
        world.free(profile, JULY, AUGUST, on_site=False, remote=True)
        world.free(profile, date(YEAR, 12, 1), date(YEAR, 12, 7), to=[world.rw])

        found, answers = self.both(profile, rows)

        refused = {"destination", "mode"} if wished == ("destination", "mode") else {"dates"}
        assert {what for what, state in found.items() if state == NOT_MET} == refused
        for answer in answers:
            if answer.failed:
                assert answer.change.startswith("Name one time that fits the dates, the place and the way together")
                assert answer.step == "members:profile-availability"

        profile.availabilities.filter(remote=True).update(on_site=True)
        assert set(self.both(profile, rows)[0].values()) == {MET}

    def test_what_is_wished_refuses_nothing_that_is_required(self, world, profile):
        rows = [world.dates(4), {"what": "destination", "country": world.rw, "required": False}]
        world.free(profile, JULY, AUGUST, to=[world.sn])

        assert self.both(profile, rows)[0] == {"dates": MET, "destination": NOT_MET}

    def test_two_periods_are_two_questions(self, world, profile):
        summer, winter = world.dates(4), world.dates(1, begin=date(YEAR, 12, 1), end=date(YEAR, 12, 31))
        world.free(profile, JULY, AUGUST)
        world.free(profile, date(YEAR, 12, 1), date(YEAR, 12, 7))

        assert [answer.state for answer in self.both(profile, [summer, winter])[1]] == [MET, MET]

    @pytest.mark.parametrize(
        ("day", "expected"),
        [((1, 1), MET), ((9, 3), MET), ((9, 4), NOT_MET)],  # four weeks until the end of September, to the day
    )
    def test_who_names_no_times_is_free_from_a_day_on(self, world, profile, day, expected):
        profile.available_from = date(YEAR, *day)
        profile.save()
        rows = [world.dates(4), {"what": "destination", "country": world.rw}]

        assert self.both(profile, rows)[0] == {"dates": expected, "destination": UNKNOWN}
        assert self.both(profile, [world.dates(18, begin=date(YEAR, 1, 1))])[0] == {"dates": NOT_MET}  # 122 days left

    def test_times_say_more_than_the_day(self, world, profile):
        profile.available_from = date(YEAR, 1, 1)
        profile.save()
        world.free(profile, date(YEAR, 12, 1), date(YEAR, 12, 31))

        assert self.both(profile, [world.dates(4)])[0] == {"dates": NOT_MET}

    def test_the_day_is_a_part_of_the_offer(self, world, profile):
        Profile.objects.filter(pk=profile.pk).update(available_from=JULY, offer_audience=Audience.ONLY_ME)
        criteria = services.hand_in(kind="tests.call", about=9, rows=[world.dates(4)])

        (answer,) = matching.for_one(Profile.objects.get(pk=profile.pk), criteria).answers

        assert (answer.state, answer.seen) == (MET, UNKNOWN)
        assert UNKNOWN in [states(match)[0] for match in candidates(criteria).matches if match.profile == profile]


class TestHandingIn:
    def test_the_same_thing_again_replaces_its_criteria_and_is_new_again(self, world):
        first = world.health_call()
        tomorrow = timezone.localdate() + timedelta(days=1)

        again = services.hand_in(kind="tests.call", about=1, rows=[world.skill(world.nursing)], open_until=tomorrow)

        assert (again.pk, again.open_until) == (first.pk, tomorrow)
        assert again.at > first.at  # so that those whom it fits now are told
        assert [row.what for row in again.rows.all()] == ["skill"]
        services.take_back(kind="tests.call", about=1)
        assert not Criterion.objects.exists()

    def test_a_kind_that_nobody_registered_is_refused(self, world):
        with pytest.raises(matching_kinds.UnknownKind):
            services.hand_in(kind="tests.nothing", about=1, rows=[])

    @pytest.mark.parametrize(
        "row",
        [
            {"what": "charm"},
            {"what": "skill"},
            {"what": "language", "language_level": "B2"},
            {"what": "residence", "countries": []},
            {"what": "residence", "countries": [1], "mode": "remote"},
            {"what": "dates", "starts_on": AUGUST, "ends_on": JULY, "weeks": 4},
            {"what": "dates", "starts_on": JULY, "ends_on": AUGUST},
            {"what": "dates", "starts_on": JULY, "ends_on": AUGUST, "weeks": 0},
            {"what": "mode", "mode": "by post"},
            {"what": "mode", "mode": ""},
            {"what": "offer"},
            {"what": "offer", "offer": 6},
            {"what": "offer", "offer": 3, "mode": "remote"},
        ],
    )
    def test_a_row_that_is_not_whole_is_refused_by_the_database(self, world, row):
        with pytest.raises(IntegrityError), transaction.atomic():
            services.hand_in(kind="tests.call", about=1, rows=[row])


def test_a_consent_of_long_ago_that_was_taken_back_does_not_hold(world):
    hidden = ProfileFactory(skills=[world.nursing])
    for give in (consents.give, consents.withdraw, consents.give, consents.withdraw):
        give(user=hidden.user, purpose=Consent.Purpose.MATCHING, wording="…")

    assert hidden not in Profile.objects.taking_part()
