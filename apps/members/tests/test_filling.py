"""Filling a profile from one's Europass CV: shown first, ticked, all or nothing; the file is not kept."""

import html
import re
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.core.models import AuditEntry
from apps.core.tests.documents import pdf
from apps.core.tests.factories import CountryFactory, LanguageFactory, SkillFactory
from apps.members.europass import Cv, Job, Spoken, Study
from apps.members.models import Audience, Profile, SkillLevel
from apps.members.services import europass
from apps.members.tests.factories import ProfileFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]

CANDIDATE = (Path(__file__).parent / "data" / "europass" / "candidate.xml").read_bytes()
UPLOAD, FILL = reverse("members:profile-europass"), reverse("members:profile-europass-fill")


@pytest.fixture(autouse=True)
def words(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    for code, name in {"BE": "Belgium", "RW": "Rwanda"}.items():
        CountryFactory(code=code, name=name)
    for code, name in {"rw": "Kinyarwanda", "fr": "French"}.items():
        LanguageFactory(code=code, name=name)
    SkillFactory(slug="nursing", name="Nursing")


@pytest.fixture
def profile():
    return ProfileFactory(display_name="Espérance N.", headline="Nurse")


def upload(client, data=CANDIDATE, name="cv.xml"):
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, data)})


def offered(page):
    """The keys of what the page offers, with whether they are ticked, and the signed CV."""
    text = page.content.decode()
    boxes = re.findall(r'<input[^>]*name="take"[^>]*value="([^"]+)"([^>]*)>', text)
    said = re.search(r'name="said" value="([^"]+)"', text)[1]
    return {html.unescape(key): "checked" in rest for key, rest in boxes}, said


def test_a_newcomer_fills_a_profile_from_the_pdf_and_nobody_finds_it_yet(client, tmp_path):
    user = UserFactory()
    client.force_login(user)
    page = upload(client, pdf({"attachment.xml": CANDIDATE}), "cv.pdf")
    keys, said = offered(page)
    text = html.unescape(page.content.decode())

    assert all(keys.values())
    assert "Head nurse, Hospital of the Three Rivers, Belgium, since 2019" in text
    assert "Nurse, Clinic of the Lake, Rwanda, 2011 – 2019" in text
    assert "Nurse in intensive care & teacher.<br>- Simulation" in text
    assert "Forty beds." in text
    assert "Bachelor of nursing, University College of the Leie, Belgium, 2011, European level 6" in text
    assert not Profile.objects.filter(user=user).exists()
    for unread in ("Publications", "The level of “Dutch”.", "Skill: Juggling", "http://old.example.org/"):
        assert unread in text
    for _click in range(2):
        assert client.post(FILL, {"said": said, "take": list(keys)}).url == reverse("members:profile-review")

    profile = Profile.objects.get(user=user)
    assert (profile.display_name, profile.place, profile.country.code) == ("Espérance Nyirabagenzi", "Gent", "BE")
    assert profile.about.startswith("Nurse in intensive care & teacher.")
    assert profile.listing == Audience.ONLY_ME
    assert set(profile.languages.values_list("language__code", "level")) == {("rw", "N"), ("fr", "B2")}
    assert list(profile.skills.values_list("skill__slug", "level")) == [("nursing", SkillLevel.BASIC)]
    assert list(profile.occupations.order_by("-started_on").values_list("title", "country__code", "started_on")) == [
        ("Head nurse", "BE", date(2019, 3, 1)),
        ("Nurse", "RW", date(2011, 1, 1)),
    ]
    assert list(profile.degrees.values_list("title", "year", "level")) == [("Bachelor of nursing", 2011, 6)]
    assert profile.links.count() == 2
    assert not profile.ties.exists()  # where somebody lived and learned is no tie that she named
    assert list(tmp_path.iterdir()) == []
    assert AuditEntry.objects.filter(verb="members.filled_from_europass", person_id=user.pk).exists()


def test_what_is_filled_is_replaced_only_when_ticked(client, profile):
    profile.languages.create(language=LanguageFactory(code="fr"), level="A1")
    profile.occupations.create(title="Head nurse", organisation="Hospital of the Three Rivers")
    client.force_login(profile.user)
    keys, said = offered(upload(client))

    assert {key for key, ticked in keys.items() if not ticked} == {"display_name!", "language-fr!"}
    assert "occupations-0" not in keys
    client.post(FILL, {"said": said, "take": [key for key, ticked in keys.items() if ticked]})
    profile.refresh_from_db()
    assert (profile.display_name, profile.headline) == ("Espérance N.", "Nurse")
    assert profile.languages.get(language__code="fr").level == "A1"
    assert profile.occupations.count() == 2

    client.post(FILL, {"said": said, "take": ["display_name!", "language-fr!"]})
    profile.refresh_from_db()
    assert profile.display_name == "Espérance Nyirabagenzi"
    assert profile.languages.get(language__code="fr").level == "B2"


def test_what_was_written_between_the_two_pages_is_not_replaced(client, profile):
    client.force_login(profile.user)
    keys, said = offered(upload(client))
    Profile.objects.filter(pk=profile.pk).update(about="Written meanwhile.")

    client.post(FILL, {"said": said, "take": list(keys)})

    profile.refresh_from_db()
    assert profile.about == "Written meanwhile."
    assert profile.place == "Gent"


def test_what_was_ticked_and_changed_meanwhile_is_named(client, profile):
    """Also where it was emptied: a tick to replace something is none to fill in what its owner took out."""
    french, belgium, rwanda = LanguageFactory(code="fr"), CountryFactory(code="BE"), CountryFactory(code="RW")
    Profile.objects.filter(pk=profile.pk).update(headline="", about="Teacher")
    profile.languages.create(language=LanguageFactory(code="rw"), level="A1")
    cv = Cv(
        headline="Nurse " * 30,
        about="Nurse",
        country=belgium.code,
        place="Gent",
        languages=[Spoken("fr", "", "B2"), Spoken("rw", "", "N")],
    )
    client.force_login(profile.user)
    said = signing.dumps(asdict(cv), salt=f"members.europass.{profile.user.pk}", compress=True)
    Profile.objects.filter(pk=profile.pk).update(headline="Midwife", about="", country=rwanda)
    profile.languages.create(language=french, level="C1")
    take = ["headline", "about!", "country", "place", "language-fr", "language-rw!"]

    page = client.post(FILL, {"said": said, "take": take}, follow=True)

    profile.refresh_from_db()
    assert (profile.headline, profile.about, profile.country, profile.place) == ("Midwife", "", rwanda, "Gent")
    assert dict(profile.languages.values_list("language__code", "level")) == {"fr": "C1", "rw": "N"}
    text = html.unescape(page.content.decode())
    headline = " ".join(["Nurse"] * 20)
    named = f"Headline: {headline}…; About you: Nurse; Country you live in: Belgium; Languages: French, B2"
    assert f"Your profile was changed meanwhile, so this was not taken from the CV: {named}" in text
    assert "Languages: Kinyarwanda" not in text
    assert "What you ticked is in your profile." not in text
    assert AuditEntry.objects.get(verb="members.filled_from_europass").detail["rows"] == 2


def test_a_double_click_is_quiet(client, profile):
    """Also where a CV names a language twice."""
    cv = Cv(headline="Midwife", place="Gent", languages=[Spoken("fr", "", "B2"), Spoken("fr", "", "C1")])
    client.force_login(profile.user)
    said = signing.dumps(asdict(cv), salt=f"members.europass.{profile.user.pk}", compress=True)

    for _click in range(2):
        page = client.post(FILL, {"said": said, "take": ["headline!", "place", "language-fr"]}, follow=True)

        text = html.unescape(page.content.decode())
        assert "What you ticked is in your profile." in text
        assert "changed meanwhile" not in text


def test_nothing_ticked_changes_nothing(client, profile):
    client.force_login(profile.user)
    _keys, said = offered(upload(client))

    client.post(FILL, {"said": said})

    profile.refresh_from_db()
    assert (profile.about, profile.place) == ("", "")
    assert not profile.occupations.exists()


@pytest.mark.parametrize(("chosen", "level"), [("3", SkillLevel.EXPERT), ("9", SkillLevel.BASIC), ("", 1)])
def test_the_level_of_a_skill_is_what_its_owner_chooses(client, profile, chosen, level):
    """A CV names skills without one; matching takes "Experienced" at its word."""
    client.force_login(profile.user)
    page = upload(client)
    _keys, said = offered(page)
    options = re.search(r'<select[^>]*name="level-skill-nursing".*?</select>', page.content.decode())[0]

    assert re.findall(r">(\w+)</option>", options) == ["Basic", "Experienced", "Expert"]
    client.post(FILL, {"said": said, "take": ["skill-nursing"], "level-skill-nursing": chosen})

    assert profile.skills.get().level == level


def test_a_long_text_is_shown_to_its_end_before_it_is_written(client, profile):
    client.force_login(profile.user)
    long = CANDIDATE.replace(b"Forty beds.", b"Forty beds. " + b"x" * 900 + b" and no more")
    assert "x and no more</bdi>" in upload(client, long).content.decode()


def test_that_for_which_a_profile_has_no_room_is_told(client, profile):
    for number in range(europass.MOST - 1):
        profile.occupations.create(title=f"Job {number}")
        profile.degrees.create(title=f"Degree {number}")
        profile.links.create(label="x", url=f"https://example.org/{number}")
        profile.languages.create(language=LanguageFactory(code=f"x{number}"), level="A1")
    cv = Cv(
        jobs=[Job("Nurse"), Job("Midwife")],
        studies=[Study("Master"), Study("PhD")],
        links=[["Blog", "https://blog.example"], ["Shop", "https://shop.example"]],
        languages=[Spoken("fr", "", "B2"), Spoken("rw", "", "N")],
    )
    client.force_login(profile.user)
    said = signing.dumps(asdict(cv), salt=f"members.europass.{profile.user.pk}", compress=True)
    rows = [f"{kind}-{number}" for kind in ("occupations", "degrees", "link") for number in (0, 1)]

    page = client.post(FILL, {"said": said, "take": [*rows, "language-fr", "language-rw"]}, follow=True)

    text = html.unescape(page.content.decode())
    assert "no room for: Kinyarwanda, First language; Midwife; PhD; Shop: https://shop.example." in text
    assert "What you ticked is in your profile." not in text
    counts = [getattr(profile, kind).count() for kind in ("occupations", "degrees", "links", "languages")]
    assert counts == [europass.MOST] * 4
    assert AuditEntry.objects.get(verb="members.filled_from_europass").detail["rows"] == 4


@pytest.mark.parametrize("said", ["", "x", "eyJhIjoxfQ:1tabc:zzz"])
def test_a_cv_that_we_have_not_read_ourselves_is_refused(client, profile, said):
    client.force_login(profile.user)

    answer = client.post(FILL, {"said": said, "take": ["headline!"]}, follow=True)

    assert answer.redirect_chain == [(UPLOAD, 302)]
    assert "This page was too old." in answer.content.decode()


def test_a_cv_read_for_one_person_fills_nobody_elses_profile(client, profile):
    client.force_login(profile.user)
    keys, said = offered(upload(client))
    other = ProfileFactory()
    client.force_login(other.user)

    assert client.post(FILL, {"said": said, "take": list(keys)}).url == UPLOAD
    assert not other.occupations.exists()


@pytest.mark.parametrize(
    ("data", "why"), [(b"A letter.", "neither a PDF"), (b"", "empty"), (pdf(), "no Europass data")]
)
def test_a_file_that_is_none_is_refused_in_words(client, profile, data, why):
    client.force_login(profile.user)

    page = upload(client, data)

    assert page.status_code == 200
    assert why in page.content.decode()


def test_a_file_above_the_limit_is_refused(client, profile, settings):
    settings.DOCUMENT_MAX_BYTES = 1000
    client.force_login(profile.user)

    assert "larger than" in upload(client).content.decode()


def test_without_a_name_no_profile_is_made():
    user = UserFactory()

    assert europass.fill(user=user, cv=Cv(headline="Nurse"), keys={"headline"}, levels={}) is None
    assert not Profile.objects.filter(user=user).exists()


def test_all_is_written_or_nothing(profile, monkeypatch):
    cv = Cv(headline="Midwife", jobs=[Job("Midwife")], languages=[Spoken("fr", "", "B2")])
    monkeypatch.setattr(europass.directory, "refresh", lambda profile: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        europass.fill(user=profile.user, cv=cv, keys={"headline!", "occupations-0", "language-fr"}, levels={})

    profile.refresh_from_db()
    assert profile.headline == "Nurse"
    assert not profile.occupations.exists()
    assert not profile.languages.exists()
