"""A page of the profile that was drawn before something was saved elsewhere: on the phone, in another tab."""

from collections import defaultdict
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate
from lxml.html import document_fromstring

from apps.core.models import Country, Language, Sector, Skill
from apps.core.tests.factories import CountryFactory, LanguageFactory, RegionFactory, SectorFactory, SkillFactory
from apps.members.models import PARTS, Audience, Consent
from apps.members.services import career, consents, profiles
from apps.members.tests.factories import ProfileFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]

ROWS = ["languages", "skills", "occupations", "degrees", "links"]


@pytest.fixture
def profile():
    """Somebody who has told something in every step."""
    countries = [CountryFactory(code=code, name=name, priority=True) for code, name in NAMES.items()]
    profile = ProfileFactory(
        listed=True,
        display_name="Aline",
        headline="Midwife",
        about="I teach.\nAnd I learn.",
        languages=[LanguageFactory(code=code, name=code) for code in ("fr", "nl")],
        skills=[SkillFactory(slug=slug, name=slug) for slug in ("nursing", "teaching")],
        sectors=[SectorFactory(slug=slug) for slug in ("health", "education")],
    )
    LanguageFactory(code="en", name="English")
    SkillFactory(slug="farming", name="farming")
    SectorFactory(slug="agriculture")
    profiles.save_ties(user=profile.user, countries=countries[:2], agreed=True, wording="I agree.")
    jobs = [{"id": None, "title": title} for title in ("Nurse", "Porter")]
    career.save_career(user=profile.user, occupations=jobs, degrees=[{"id": None, "title": "Bachelor"}])
    career.save_links(user=profile.user, links=[link(None, name) for name in ("one", "two")])
    career.save_availability(user=profile.user, windows=[window(countries=countries[:1])])
    return profile


NAMES = {"RW": "Rwanda", "BI": "Burundi", "KE": "Kenya"}


def link(pk, name, label=""):
    return {"id": pk, "label": label or name, "url": f"https://example.org/{name}"}


def window(pk=None, weeks=4, countries=()):
    today = localdate()
    return {
        "id": pk, "starts_on": today, "ends_on": today + timedelta(days=90), "min_weeks": weeks, "max_weeks": None,
        "on_site": True, "remote": False, "countries": list(countries),
    }  # fmt: skip


@pytest.fixture
def own(client, profile):
    client.force_login(profile.user)
    return client


def page(name):
    return reverse(f"members:profile-{name}")


def drawn(browser, name) -> dict[str, list[str]]:
    """What a browser sends when the page is saved just as it was drawn at this moment."""
    sent = defaultdict(list)
    for field, value in document_fromstring(browser.get(page(name)).text).get_element_by_id("step").form_values():
        sent[field].append(value.replace("\n", "\r\n"))
    return sent


def told(profile) -> dict:
    """All that the profile tells, and to whom."""
    profile = type(profile).objects.get(pk=profile.pk)
    fields = [field.name for field in profile._meta.concrete_fields if field.name != "updated_at"]
    told = {name: getattr(profile, name) for name in fields}
    told |= {name: {term.pk for term in getattr(profile, name).all()} for name in ("ties", "sectors")}
    told |= {name: set(getattr(profile, name).values_list()) for name in ROWS}
    told["availabilities"] = {
        (*row, *free.countries.values_list("code", flat=True))
        for free in profile.availabilities.all()
        for row in profile.availabilities.filter(pk=free.pk).values_list()
    }
    return told


def terms(model, *keys, by="code"):
    return [model.objects.get(**{by: key}) for key in keys]


def skill(slug):
    return Skill.objects.get(slug=slug).pk


# --- what is saved elsewhere, while the page of the same name lies open -----------------------------------------------
def about(user):
    region = RegionFactory(code="BE-VAN", name="Antwerp")
    profiles.save_about(user=user, display_name="Aline U.", about="", country=region.country, region=region)


def languages(user):
    french, english = terms(Language, "fr", "en")
    profiles.save_languages(user=user, levels={french: "C2", english: "B2"})


def skills(user):
    profiles.add_skill(user=user, skill=Skill.objects.get(slug="farming"))
    profiles.save_skills(user=user, changes={skill("nursing"): {"level": 3, "years": 9}}, removed=[skill("teaching")])


def offer(user):
    profiles.save_offer(user=user, sectors=terms(Sector, "education", "agriculture", by="slug"), offers_talks=True)


def ties(user):
    profiles.save_ties(user=user, countries=terms(Country, "BI", "KE"), agreed=True, wording="I agree.")


def visibility(user):
    profiles.save_visibility(user=user, listing=Audience.ONLY_ME, **dict.fromkeys(AUDIENCES, Audience.ONLY_ME))


def career_(user):
    (nurse, porter), (degree,) = (getattr(user.profile, kind).order_by("pk") for kind in ("occupations", "degrees"))
    jobs = [{"id": nurse.pk, "title": "Midwife"}, {"id": porter.pk, "remove": True}, {"id": None, "title": "Mentor"}]
    career.save_career(user=user, occupations=jobs, degrees=[{"id": degree.pk, "title": "Master", "year": 2020}])


def availability(user):
    free = user.profile.availabilities.get()
    rows = [window(free.pk, weeks=8, countries=terms(Country, "KE")), window(weeks=2)]
    career.save_availability(user=user, windows=rows)


def links(user):
    one, two = user.profile.links.order_by("pk")
    rows = [link(one.pk, "one", "My first"), {"id": two.pk, "remove": True}, link(None, "three")]
    career.save_links(user=user, links=rows)


AUDIENCES = [f"{part}_audience" for part in PARTS]
ELSEWHERE = {
    "about": about,
    "languages": languages,
    "skills": skills,
    "offer": offer,
    "ties": ties,
    "visibility": visibility,
    "career": career_,
    "availability": availability,
    "links": links,
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_an_older_page_saved_as_it_was_drawn_undoes_nothing(own, profile, name):
    sent, before = drawn(own, name), told(profile)
    ELSEWHERE[name](profile.user)
    saved = told(profile)
    assert saved != before

    for _click in range(2):
        assert own.post(page(name), sent).status_code == 302
        assert told(profile) == saved


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_page_of_today_saved_as_it_was_drawn_changes_nothing(own, profile, name):
    before = told(profile)

    assert own.post(page(name), drawn(own, name)).status_code == 302

    assert told(profile) == before


def row_of(sent, field, value) -> str:
    """The beginning of the names of a row, which has this value in this field."""
    (name,) = (name for name, values in sent.items() if name.endswith(f"-{field}") and values == [str(value)])
    return name.removesuffix(field)


# --- what was changed on the older page counts ------------------------------------------------------------------------
def test_a_headline_is_changed_and_the_text_of_elsewhere_stays(own, profile):
    sent = drawn(own, "about")
    about(profile.user)

    own.post(page("about"), sent | {"headline": ["Midwife and mentor"]})

    now = told(profile)
    assert (now["headline"], now["about"], now["display_name"]) == ("Midwife and mentor", "", "Aline U.")
    assert now["region"].code == "BE-VAN"


def test_a_place_is_changed_with_the_country_that_stood_beside_it(own, profile):
    sent = drawn(own, "about")
    about(profile.user)

    own.post(page("about"), sent | {"country": [Country.objects.get(code="RW").pk], "place": ["Kigali"]})

    now = told(profile)
    assert (now["country"].code, now["region"], now["place"]) == ("RW", None, "Kigali")


def test_a_language_taken_away_here_goes_and_one_added_elsewhere_stays(own, profile):
    sent = drawn(own, "languages")
    languages(profile.user)  # French better, no more Dutch, English new

    french = row_of(sent, "language", Language.objects.get(code="fr").pk)
    own.post(page("languages"), sent | {f"{french}language": [""], f"{french}level": [""]})

    assert list(profile.languages.values_list("language__code", "level")) == [("en", "B2")]


def test_languages_without_what_the_page_had_shown_are_taken_at_their_word(own, profile):
    english = Language.objects.get(code="en").pk
    typed = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0, "form-0-language": english, "form-0-level": "B1"}

    own.post(page("languages"), typed)

    assert list(profile.languages.values_list("language__code", "level")) == [("en", "B1")]


@pytest.mark.parametrize(
    ("name", "field", "word", "left"),
    [("ties", "places", (Country, "BI", "code"), "RW"), ("offer", "sectors", (Sector, "health", "slug"), "education")],
)
def test_a_word_is_unticked_on_a_page_that_says_not_what_it_had_shown(own, profile, name, field, word, left):
    sent = drawn(own, name)
    model, key, by = word
    del sent["shown"]
    sent[field].remove(str(model.objects.get(**{by: key}).pk))

    own.post(page(name), sent)

    words = profile.ties if name == "ties" else profile.sectors
    assert list(words.values_list(by, flat=True)) == [left]


def test_a_field_of_work_and_an_offer_are_put_beside_those_of_elsewhere(own, profile):
    sent = drawn(own, "offer")
    offer(profile.user)  # no more health, agriculture new, talks

    sent["sectors"].remove(str(Sector.objects.get(slug="education").pk))
    own.post(page("offer"), sent | {"offers_mentoring": ["on"]})

    now = profile.sectors.values_list("slug", flat=True)
    profile.refresh_from_db()
    assert (list(now), profile.offers_talks, profile.offers_mentoring) == (["agriculture"], True, True)


def test_a_choice_of_elsewhere_to_be_found_by_nobody_stays_beside_another(own, profile):
    sent = drawn(own, "visibility")
    visibility(profile.user)

    own.post(page("visibility"), sent | {"about_audience": [Audience.IOM]})

    profile.refresh_from_db()
    assert (profile.listing, profile.about_audience, profile.photo_audience) == (0, Audience.IOM, 0)


@pytest.mark.parametrize("field", ["listing", *AUDIENCES])
def test_what_is_narrower_on_an_older_page_than_by_now_counts_when_it_is_saved_to_be_sure(own, profile, field):
    visibility(profile.user)
    sent = drawn(own, "visibility")
    profiles.save_visibility(user=profile.user, **{field: Audience.PUBLIC})

    own.post(page("visibility"), sent)

    profile.refresh_from_db()
    assert getattr(profile, field) == Audience.ONLY_ME


def test_a_job_is_changed_and_the_others_are_as_they_were_left_elsewhere(own, profile):
    sent = drawn(own, "career")
    career_(profile.user)

    own.post(page("career"), sent | {row_of(sent, "title", "Bachelor") + "title": ["Bachelor of nursing"]})

    assert set(profile.occupations.values_list("title", flat=True)) == {"Midwife", "Mentor"}
    assert profile.degrees.get().title == "Bachelor of nursing"


def test_a_link_that_was_taken_away_elsewhere_stays_away(own, profile):
    sent = drawn(own, "links")
    links(profile.user)

    two = row_of(sent, "label", "two")
    own.post(page("links"), sent | {f"{two}label": ["Mine"]})

    assert set(profile.links.values_list("label", "url")) == {
        ("My first", "https://example.org/one"),
        ("three", "https://example.org/three"),
    }


def test_a_link_that_stands_under_another_number_by_now_is_changed(own, profile):
    sent = drawn(own, "links")
    two = profile.links.get(label="two")
    two.delete()
    profile.links.create(label="two", url=two.url)

    own.post(page("links"), sent | {row_of(sent, "label", "two") + "label": ["Mine"]})

    assert profile.links.get(url=two.url).label == "Mine"


# --- consent ----------------------------------------------------------------------------------------------------------
def test_an_older_page_does_not_agree_again_to_what_was_taken_back(own, profile):
    sent = drawn(own, "ties")
    consents.withdraw(user=profile.user, purpose=Consent.Purpose.TIES, wording="No longer.")

    answer = own.post(page("ties"), sent)

    assert "You took your agreement back meanwhile." in answer.text
    assert not Consent.objects.holds(profile.user, Consent.Purpose.TIES)
    assert not profile.ties.exists()

    again = document_fromstring(answer.text).get_element_by_id("step")
    own.post(page("ties"), sent | {"shown": [again.fields["shown"]]})
    assert Consent.objects.holds(profile.user, Consent.Purpose.TIES)
    assert set(profile.ties.values_list("code", flat=True)) == {"RW", "BI"}


def test_an_older_page_takes_no_agreement_back_that_was_given_since(own, profile):
    consents.withdraw(user=profile.user, purpose=Consent.Purpose.TIES, wording="No longer.")
    sent = drawn(own, "ties")
    ties(profile.user)

    own.post(page("ties"), sent)

    assert set(profile.ties.values_list("code", flat=True)) == {"BI", "KE"}


def test_taking_the_agreement_back_takes_places_along_that_the_page_had_not_shown(own, profile):
    sent = drawn(own, "ties")
    ties(profile.user)
    del sent["agreed"]

    own.post(page("ties"), sent)

    assert not profile.ties.exists()
    assert not Consent.objects.holds(profile.user, Consent.Purpose.TIES)


@pytest.fixture
def withdrawn_meanwhile(monkeypatch):
    """Somebody takes the agreement back after the form was looked at, and before its service has the lock."""
    save = profiles.save_ties

    def later(*, user, **fields):
        consents.withdraw(user=user, purpose=Consent.Purpose.TIES, wording="No longer.")
        save(user=user, **fields)

    return lambda: monkeypatch.setattr(profiles, "save_ties", later)


def test_no_agreement_is_written_without_a_tick_when_it_is_taken_back_at_that_moment(own, profile, withdrawn_meanwhile):
    consents.withdraw(user=profile.user, purpose=Consent.Purpose.TIES, wording="No longer.")
    sent = drawn(own, "ties")
    ties(profile.user)
    withdrawn_meanwhile()

    answer = own.post(page("ties"), sent | {"places": [Country.objects.get(code="RW").pk]})
    own.post(page("ties"), sent)

    assert "We keep these places only with your agreement." in answer.text
    assert not Consent.objects.holds(profile.user, Consent.Purpose.TIES)
    assert not profile.ties.exists()


def test_a_tick_that_only_stood_there_does_not_agree_again_at_that_moment(
    own, profile, withdrawn_meanwhile, monkeypatch
):
    sent = drawn(own, "ties")
    withdrawn_meanwhile()

    answer = own.post(page("ties"), sent)

    assert "You took your agreement back meanwhile." in answer.text
    assert not Consent.objects.holds(profile.user, Consent.Purpose.TIES)
    assert not profile.ties.exists()

    monkeypatch.undo()
    again = document_fromstring(answer.text).get_element_by_id("step")
    own.post(page("ties"), sent | {"shown": [again.fields["shown"]]})
    assert Consent.objects.holds(profile.user, Consent.Purpose.TIES)
    assert set(profile.ties.values_list("code", flat=True)) == {"RW", "BI"}


def test_an_agreement_given_at_that_moment_is_not_taken_back_by_an_empty_tick(profile):
    profiles.save_ties(user=profile.user, countries=[], agreed=False, keep=True, wording="No longer.", shown=[])

    assert Consent.objects.holds(profile.user, Consent.Purpose.TIES)
    assert set(profile.ties.values_list("code", flat=True)) == {"RW", "BI"}


# --- nobody's page ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("shown", ["", "{", "[]", "null", "7", '{"sectors": [[], {}, "x", null, 1e400], "places": 7}'])
@pytest.mark.parametrize("name", ["about", "offer", "ties", "visibility"])
def test_whatever_stands_where_a_page_says_what_it_had_shown_is_no_error(own, profile, name, shown):
    before, sent = told(profile), drawn(own, name)
    ELSEWHERE[name](profile.user)
    sent |= {"shown": [shown]}

    assert own.post(page(name), sent).status_code == 302

    now = told(profile)
    assert now | {"about": now["about"].replace("\r\n", "\n")} == before  # the page is taken at its word, whole


@pytest.mark.parametrize("shown", ["", "{", "[]", "7", '{"language": [], "level": {}}', "[" * 90_000])
def test_whatever_stands_so_in_a_row_is_no_error(own, profile, shown):
    before = told(profile)
    for name in ("languages", "skills", "career", "links"):
        sent = drawn(own, name)
        sent |= {field: [shown] for field in sent if field.endswith("shown")}
        assert own.post(page(name), sent).status_code == 302
    assert told(profile) == before

    sent = drawn(own, "languages")
    french = row_of(sent, "language", Language.objects.get(code="fr").pk)
    sent |= {field: [shown] for field in sent if field.endswith("shown")}
    own.post(page("languages"), sent | {f"{french}language": [""], f"{french}level": [""]})
    assert list(profile.languages.values_list("language__code", flat=True)) == ["nl"]


# --- skills: every button keeps what was typed in the rows ------------------------------------------------------------
@pytest.mark.parametrize("button", [{"skill": "farming"}, {"look": "", "find": "farming"}, {}])
def test_whichever_button_is_pressed_the_rows_are_saved_with_what_was_removed(own, profile, button):
    sent = drawn(own, "skills") | {f"{skill('nursing')}-years": ["7"], f"{skill('teaching')}-remove": ["on"]}

    own.post(page("skills"), sent | button)

    kept = set(profile.skills.values_list("skill__slug", "years"))
    assert kept == {("nursing", 7)} | ({("farming", None)} if "skill" in button else set())


@pytest.mark.parametrize("button", [{"skill": "farming"}, {"look": "", "find": "farming"}])
def test_a_row_that_is_not_right_is_asked_about_before_the_page_goes_on(own, profile, button):
    typed = {f"{skill('nursing')}-years": ["700"], f"{skill('teaching')}-remove": ["on"]}

    answer = own.post(page("skills"), drawn(own, "skills") | typed | button | {"find": "farming"})

    form = document_fromstring(answer.text)
    step = dict(form.get_element_by_id("step").form_values())
    assert answer.status_code == 200
    assert "nursing, Years:" in answer.text
    assert (step[f"{skill('nursing')}-years"], step[f"{skill('teaching')}-remove"]) == ("700", "on")
    assert form.get_element_by_id("find").value == "farming"
    assert profile.skills.filter(skill__slug="farming").exists() == ("skill" in button)
    assert profile.skills.filter(skill__slug="teaching").exists()


def test_a_search_without_a_word_typed_in_the_rows_writes_nothing(own, profile):
    answer = own.post(page("skills"), drawn(own, "skills") | {"look": "", "find": "a farmer’s skill"})

    assert answer.url == page("skills") + "?find=a+farmer%E2%80%99s+skill"
    assert "Your skills are saved." not in own.get(answer.url).text


def test_an_older_page_is_not_asked_for_a_skill_that_it_never_showed(own, profile):
    sent = drawn(own, "skills") | {f"{skill('nursing')}-level": ["3"]}
    profiles.add_skill(user=profile.user, skill=Skill.objects.get(slug="farming"))

    assert own.post(page("skills"), sent).status_code == 302

    assert set(profile.skills.values_list("skill__slug", "level")) == {("nursing", 3), ("teaching", 2), ("farming", 2)}
