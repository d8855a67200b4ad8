"""What once went wrong, or was seen in time by a second pair of eyes."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from apps.core import services as taxonomy
from apps.core.models import AuditEntry
from apps.core.tests.factories import CountryFactory, LanguageFactory, SectorFactory, SkillFactory
from apps.members.models import Audience, Consent, DirectoryEntry, User
from apps.members.querysets.directory import Search
from apps.members.querysets.skills import segments_of
from apps.members.services import directory, messages, photos, profiles
from apps.members.tests.factories import ProfileFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["99999999999999999999", "1e30", "-3", "0", "words", "22"])
def test_a_page_number_that_cannot_be_is_no_server_error(client, page):
    assert client.get(reverse("members:directory"), {"page": page}).status_code in {200, 404}


@pytest.mark.parametrize("path", ["/en/members/%00/", "/en/members/%00/photo/", "/en/search/?q=%00", "/en/%00"])
def test_a_null_character_is_refused_and_never_reaches_the_database(client, path):
    assert client.get(path).status_code in {400, 404}


def test_a_null_character_in_a_form_is_refused(client):
    client.force_login(ProfileFactory().user)

    assert client.post(reverse("members:profile-skills"), {"skill": "\x00"}).status_code == 400


@pytest.mark.parametrize("text", ["!!!", "…", "()"])
def test_a_search_without_a_word_finds_nobody_rather_than_everybody(client, text):
    ProfileFactory(expert=True)

    assert client.get(reverse("members:directory"), {"q": text}).context["found"].total == 0


def test_a_closed_account_leaves_the_directory_with_the_next_rebuild_whatever_closed_it():
    profile = ProfileFactory(expert=True)
    User.objects.filter(pk=profile.user_id).update(is_active=False)

    assert list(directory.rebuild()) == [1]

    assert not DirectoryEntry.objects.exists()


def test_nobody_answers_somebody_who_has_left(client):
    gone, stays = ProfileFactory(listed=True), ProfileFactory(listed=True)
    message = messages.write(sender=gone.user, to=stays, subject="Hello", text="Are you there?")
    User.objects.filter(pk=gone.user_id).update(is_active=False)
    client.force_login(stays.user)

    page = client.get(message.get_absolute_url())
    client.post(message.get_absolute_url(), {"text": "Yes."})

    assert "Somebody who has left" in page.text
    assert gone.display_name not in page.text
    assert not message.replies.exists()


def test_pages_of_somebody_signed_in_are_kept_nowhere(client):
    assert "no-store" not in client.get(reverse("members:directory")).headers.get("Cache-Control", "")

    client.force_login(ProfileFactory().user)

    assert "no-store" in client.get(reverse("members:directory")).headers["Cache-Control"]


def test_taking_consent_back_needs_one_tick_less_and_nothing_else(client):
    profile, country = ProfileFactory(), CountryFactory(priority=True)
    profiles.save_ties(user=profile.user, countries=[country], agreed=True, wording="I agree.")
    client.force_login(profile.user)

    client.post(reverse("members:profile-ties"), {"places": [country.pk]})

    assert not profile.ties.exists()
    assert not Consent.objects.holds(profile.user, Consent.Purpose.TIES)
    assert Consent.objects.latest("pk").wording.startswith("I no longer agree")


def test_an_image_with_sixteen_bits_a_channel_is_taken():
    image = BytesIO()
    Image.new("I;16", (2000, 2000)).save(image, "PNG")

    kept = photos.reencoded(SimpleUploadedFile("grey.png", image.getvalue()))

    assert Image.open(kept).size == (480, 480)


def test_a_retired_word_stays_with_those_who_have_it(client):
    country, sector, language = CountryFactory(), SectorFactory(), LanguageFactory()
    profile = ProfileFactory(country=country, sectors=[sector], languages=[language])
    for term in (country, sector, language):
        type(term).objects.filter(pk=term.pk).update(active=False)
    client.force_login(profile.user)

    about = client.get(reverse("members:profile-about")).context["form"]
    offer = client.get(reverse("members:profile-offer")).context["form"]
    languages = client.get(reverse("members:profile-languages")).context["form"]

    assert country.pk in dict(about.fields["country"].choices)
    assert sector.pk in dict(offer.fields["sectors"].choices)
    assert language.pk in dict(languages.forms[0].fields["language"].choices)


def test_nobody_stands_under_a_skill_by_typing_its_number():
    skill = SkillFactory(name="Welding")
    ProfileFactory(listed=True, headline=f"sk{skill.pk} #{skill.pk}")

    found = DirectoryEntry.objects.find(Search(audience=Audience.MEMBERS, segments=segments_of("welding")))

    assert found.total == 0


def test_a_language_is_found_by_its_name():
    ProfileFactory(listed=True, languages=[LanguageFactory(name_en="Kinyarwanda", name_fr="Kinyarwanda")])

    found = DirectoryEntry.objects.find(Search(audience=Audience.MEMBERS, segments=segments_of("kinyarwanda")))

    assert found.total == 1


def test_what_staff_have_changed_the_data_files_leave_alone():
    taxonomy.load_taxonomy()
    skill = SkillFactory._meta.model.objects.get(slug="nursing")
    type(skill).objects.filter(pk=skill.pk).update(name_en="Nursing care", active=False, kept_by_staff=True)
    own = SkillFactory(name="Beekeeping", slug="beekeeping", sector=skill.sector, kept_by_staff=True)

    taxonomy.load_taxonomy()

    skill.refresh_from_db()
    own.refresh_from_db()
    assert (skill.name_en, skill.active) == ("Nursing care", False)
    assert own.active


def test_a_member_sees_who_opened_the_record_in_the_administration_and_why(client):
    profile = ProfileFactory()
    AuditEntry.objects.create(verb="read.opened", unit="Project staff", person_id=profile.user_id, purpose="A mission")
    AuditEntry.objects.create(verb="read.opened", unit="Secretariat", person_id=UserFactory().pk, purpose="Another")
    client.force_login(profile.user)

    page = client.get("/en/me/").text

    assert "Project staff" in page
    assert "A mission" in page
    assert "Another" not in page
