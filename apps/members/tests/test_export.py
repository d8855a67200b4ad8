"""A copy of everything: asked with the password, made by a worker, fetched for seven days, then gone."""

import json
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.core.models import AuditEntry
from apps.core.tests.factories import CountryFactory, LanguageFactory, SectorFactory, SkillFactory
from apps.members import kinds
from apps.members.models import DataExport, PrivateDocument
from apps.members.services import consents, export
from apps.members.tests.accounts.browsing import Browser
from apps.members.tests.factories import MessageFactory, ProfileFactory, UserFactory
from apps.outbox.tests.letters import letters

pytestmark = [pytest.mark.django_db, pytest.mark.services]
State = DataExport.State


@pytest.fixture
def profile():
    profile = ProfileFactory(
        user__language="fr",
        display_name="Aminata Sow",
        headline="Sage-femme & formatrice",
        ties=[CountryFactory(name="Guinea", name_fr="Guinée")],
        sectors=[SectorFactory()],
        languages=[LanguageFactory(name="French", name_fr="Français")],
        skills=[SkillFactory(name="Midwife", name_fr="Sage-femme")],
    )
    profile.photo.save("photo.webp", ContentFile(b"a photo"))
    PrivateDocument.objects.create(
        profile=profile, kind="cv", name="CV Aminata.pdf", file=ContentFile(b"a CV", name="x"),
        content_type="application/pdf", size=4,
    )  # fmt: skip
    consents.give(user=profile.user, purpose="terms", wording="J’ai lu la notice.")
    MessageFactory(sender=profile.user, text="Bonjour à vous.")
    return profile


@pytest.fixture
def user(profile):
    return profile.user


@pytest.fixture
def browser(user, django_capture_on_commit_callbacks):
    browser = Browser(django_capture_on_commit_callbacks)
    browser.sign_in(user)
    browser.show_it_is_me()
    return browser


def built(user):
    export.ask(user=user)
    assert export.build_all() == 1
    return DataExport.objects.newest()


def opened(copy) -> ZipFile:
    with copy.file.open("rb") as file:
        return ZipFile(BytesIO(file.read()))


# --- what is in it ----------------------------------------------------------------------------------------------------
def test_it_holds_every_table_for_machines_and_a_page_for_people_in_their_language(user):
    archive = opened(built(user))

    tables = json.loads(archive.read("data.json"))["tables"]
    page = archive.read("index.html").decode()
    (profile,) = tables["members.Profile"]
    assert profile["display_name"] == "Aminata Sow"
    assert profile["ties"] == ["Guinée"]
    assert tables["members.ProfileSkill"] == [
        {"profile": "Aminata Sow", "skill": "Sage-femme", "level": 2, "years": None}
    ]
    assert tables["members.Consent"][0]["wording"] == "J’ai lu la notice."
    assert tables["members.Message"][0]["text"] == "Bonjour à vous."
    assert '<html lang="fr">' in page
    for words in ("Sage-femme &amp; formatrice", "Guinée", "J’ai lu la notice.", "Bonjour à vous.", user.email):
        assert words in page
    assert "style.css" in archive.namelist()


def test_photo_and_documents_lie_beside_it_and_are_named_in_it(user):
    archive = opened(built(user))

    files = {name: archive.read(name) for name in archive.namelist() if name.startswith("files/")}
    tables = json.loads(archive.read("data.json"))["tables"]
    assert sorted(files.values()) == [b"a CV", b"a photo"]
    assert files[tables["members.Profile"][0]["photo"]] == b"a photo"
    assert files[tables["members.PrivateDocument"][0]["file"]] == b"a CV"
    assert all(f'href="{name}"' in archive.read("index.html").decode() for name in files)


def test_a_file_that_is_not_in_the_storage_is_left_out_and_the_rest_comes(user, profile):
    default_storage.delete(profile.photo.name)

    assert json.loads(opened(built(user)).read("data.json"))["tables"]["members.Profile"][0]["photo"] == ""


def test_it_holds_no_secret_and_nothing_of_anybody_else(user):
    other = ProfileFactory(display_name="Somebody Else")
    MessageFactory(sender=other.user, recipient=user, text="Their own words.")

    archive = opened(built(user))

    everything = archive.read("data.json") + archive.read("index.html")
    assert user.password.encode() not in everything
    assert other.user.email.encode() not in everything
    assert b"Somebody Else" not in everything


# --- how it is made ---------------------------------------------------------------------------------------------------
def test_asking_twice_is_asking_once_and_the_database_holds_it(user):
    assert export.ask(user=user) == export.ask(user=user)
    with pytest.raises(IntegrityError, match="one_export_at_a_time"), transaction.atomic():
        DataExport.objects.create(user=user)


def test_who_asked_is_told_when_it_is_ready_and_until_when(user):
    copy = built(user)

    (letter,) = [letter for letter in letters() if letter.kind == "members.export-ready"]
    assert (letter.to, letter.language) == (user.email, "fr")
    assert "http://testserver/fr/me/privacy/download/" in letter.body
    assert copy.expires_at - copy.ready_at == timedelta(days=7)
    assert kinds.fetched_or_gone([copy.pk]) == {}


def test_the_page_tells_how_far_it_is(user, browser, monkeypatch):
    export.ask(user=user)
    seen = []
    come_to = export.come_to

    def look(copy, per_cent):
        come_to(copy, per_cent)
        page = browser.read("members:privacy-download")
        seen.append(DataExport.objects.get().done)
        assert f'<progress class="meter" value="{seen[-1]}" max="100"' in page.content.decode()
        assert page["Refresh"] == "10"

    monkeypatch.setattr(export, "come_to", look)
    export.build_all()

    assert seen == sorted(seen)
    assert len(set(seen)) > 5
    assert seen[-1] == 95
    assert "Refresh" not in browser.read("members:privacy-download")


def test_who_is_killed_half_way_is_followed_by_the_next(user, monkeypatch):
    class Killed(BaseException):
        pass

    def kill(*args):
        raise Killed

    export.ask(user=user)
    monkeypatch.setattr(export, "_finish", kill)
    with pytest.raises(Killed):
        export.build_all()
    monkeypatch.undo()

    assert export.build_all() == 0  # somebody may still be at it
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert export.build_all() == 1
    assert DataExport.objects.get().state == State.READY


def test_who_lost_his_lease_throws_his_work_away(user, monkeypatch):
    asked = export.ask(user=user)
    come_to = export.come_to

    def be_overtaken(copy, per_cent):
        DataExport.objects.filter(pk=asked.pk).update(lease_until=timezone.now() + timedelta(minutes=9))
        come_to(copy, per_cent)

    monkeypatch.setattr(export, "come_to", be_overtaken)

    assert export.build_all() == 0
    assert DataExport.objects.get().state == State.ASKED


def test_one_that_cannot_be_made_says_so_and_holds_up_nobody(user, browser, monkeypatch):
    other = UserFactory()
    export.ask(user=user)
    export.ask(user=other)
    put = export._put

    def break_down(archive, row, name):
        raise OSError("the disk is full")

    monkeypatch.setattr(export, "_put", break_down)
    assert export.build_all() == 1
    monkeypatch.setattr(export, "_put", put)

    assert DataExport.objects.get(user=user).state == State.FAILED
    assert DataExport.objects.get(user=other).state == State.READY
    assert 'role="alert"' in browser.read("members:privacy-download").content.decode()
    assert export.ask(user=user).state == State.ASKED


# --- fetching it ------------------------------------------------------------------------------------------------------
def test_it_is_asked_and_fetched_with_the_password_only(user, django_capture_on_commit_callbacks):
    copy = built(user)
    client = Browser(django_capture_on_commit_callbacks)
    client.force_login(user)
    file = reverse("members:privacy-download-file", args=[copy.pk])

    assert client.get(file)["Location"].startswith(reverse("account_reauthenticate"))
    client.post("members:privacy-download")
    assert DataExport.objects.count() == 1

    client.show_it_is_me()
    response = client.get(file)

    assert response["Content-Disposition"] == 'attachment; filename="diaspora-portal.zip"'
    assert response["Content-Type"] == "application/zip"
    assert ZipFile(BytesIO(response.getvalue())).testzip() is None
    assert AuditEntry.objects.filter(verb="members.export_fetched", person_id=user.pk).count() == 1


def test_the_password_leads_on_to_what_was_asked(user, django_capture_on_commit_callbacks):
    client = Browser(django_capture_on_commit_callbacks)
    client.force_login(user)
    client.post("members:privacy-download")
    with django_capture_on_commit_callbacks(execute=True):
        address = f"{reverse('account_reauthenticate')}?next={reverse('members:privacy-download')}"
        super(Browser, client).post(address, {"password": "two strands, one thread"})

    assert DataExport.objects.get().state == State.ASKED


def test_nobody_fetches_the_copy_of_another(user, browser):
    copy = built(UserFactory())

    assert browser.get(reverse("members:privacy-download-file", args=[copy.pk])).status_code == 404


def test_after_seven_days_it_is_gone(user, browser, django_capture_on_commit_callbacks):
    copy = built(user)
    file = reverse("members:privacy-download-file", args=[copy.pk])

    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        assert export.let_go(timezone.now() - export.KEPT) == 0
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        browser.sign_in(user)
        browser.show_it_is_me()
        assert browser.get(file).status_code == 404
        with django_capture_on_commit_callbacks(execute=True):
            assert export.let_go(timezone.now() - export.KEPT) == 1
        assert not default_storage.exists(copy.file.name)
        assert kinds.fetched_or_gone([copy.pk]).keys() == {copy.pk}
    copy.refresh_from_db()
    assert (copy.state, copy.file.name) == (State.GONE, "")


def test_a_new_one_replaces_the_old_one(user, django_capture_on_commit_callbacks):
    first = built(user)
    with django_capture_on_commit_callbacks(execute=True):
        second = built(user)

    assert not default_storage.exists(first.file.name)
    assert default_storage.exists(second.file.name)
    assert list(DataExport.objects.order_by("pk").values_list("state", flat=True)) == [State.GONE, State.READY]


def test_a_copy_whose_file_is_missing_is_asked_for_anew(user, browser):
    default_storage.delete(built(user).file.name)

    page = browser.read("members:privacy-download")

    assert page.status_code == 200
    assert not page.context["is_ready"]
