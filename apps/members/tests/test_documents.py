"""CV and certificates: private files of their owner."""

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from apps.core.models import AuditEntry
from apps.core.tests.documents import docx, odt, pdf
from apps.members.models import PrivateDocument
from apps.members.services import documents
from apps.members.tests.factories import ProfileFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]

PAGE = reverse("members:profile-documents")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def profile():
    return ProfileFactory(expert=True, display_name="Aline Uwase")


@pytest.fixture
def own(client, profile):
    client.force_login(profile.user)
    return client


def add(client, data, name="My CV.pdf", kind="cv", **more):
    return client.post(PAGE, {"file": SimpleUploadedFile(name, data), "kind": kind} | more)


def address(document, verb=""):
    return reverse(f"members:profile-document{verb}", args=[document.pk])


@pytest.mark.parametrize(("data", "extension"), [(pdf(), "pdf"), (docx(), "docx"), (odt(), "odt")])
def test_a_document_is_kept_under_a_random_name_and_fetched_as_an_attachment(own, profile, data, extension):
    answer = add(own, data, name="whatever.exe", for_iom="on")

    document = profile.documents.get()
    assert answer.url == PAGE
    assert (document.name, document.kind, document.size, document.for_iom) == ("whatever", "cv", len(data), True)
    assert "whatever" not in document.file.name
    assert len(document.file.name) > 30
    fetched = own.get(address(document))
    assert fetched.getvalue() == data
    assert fetched["Content-Disposition"] == f'attachment; filename="whatever.{extension}"'
    assert fetched["X-Content-Type-Options"] == "nosniff"
    assert fetched["Content-Type"] == document.content_type
    assert "private" in fetched["Cache-Control"]


def test_a_new_cv_takes_the_place_of_the_old_one_and_a_second_click_changes_nothing(
    own, profile, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        for _click in range(2):
            add(own, pdf(), name="old.pdf")
    old = profile.documents.get()
    with django_capture_on_commit_callbacks(execute=True):
        add(own, docx(), name="new.docx")
        add(own, pdf(), name="diploma.pdf", kind="certificate")

    assert set(profile.documents.values_list("kind", "name")) == {("cv", "new"), ("certificate", "diploma")}
    assert not default_storage.exists(old.file.name)


def test_a_document_is_removed_from_the_disk_too(own, profile, django_capture_on_commit_callbacks):
    add(own, pdf())
    document = profile.documents.get()

    for _click in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            assert own.post(address(document, "-remove")).url == PAGE

    assert not profile.documents.exists()
    assert not default_storage.exists(document.file.name)
    assert AuditEntry.objects.filter(verb="members.document_removed", person_id=profile.user_id).count() == 1


def test_its_owner_decides_whether_the_iom_team_may_open_it(own, profile):
    add(own, pdf())
    document = profile.documents.get()
    assert not document.for_iom
    assert "Only you" in own.get(PAGE).content.decode()

    own.post(address(document, "-share"), {"for_iom": ""})
    document.refresh_from_db()
    assert document.for_iom
    own.post(address(document, "-share"))
    document.refresh_from_db()
    assert not document.for_iom


def test_nobody_else_comes_near_it(own, profile):
    add(own, pdf(), for_iom="on")
    document = profile.documents.get()
    staff = UserFactory(is_staff=True, is_superuser=True)
    for user in (ProfileFactory(listed=True).user, UserFactory(), staff):
        browser = Client()
        browser.force_login(user)
        assert browser.get(address(document)).status_code == 404
        assert browser.post(address(document, "-share")).status_code == 404
        browser.post(address(document, "-remove"))
    assert Client().get(address(document)).status_code == 302

    document.refresh_from_db()
    assert document.for_iom
    for browser in (Client(), own):
        page = browser.get(profile.get_absolute_url()).content.decode()
        assert "My CV" not in page
    assert not any("My CV" in str(entry.card) + str(entry.document) for entry in profile.entries.all())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"A letter.", "not a PDF, DOCX or ODT"),
        (docx({"word/vbaProject.bin": b"x"}), "macros"),
        (b"", "empty"),
    ],
)
def test_what_we_do_not_take_is_said_at_the_field(own, profile, data, said):
    page = add(own, data)

    assert page.status_code == 200
    assert said in page.content.decode()
    assert "Please choose the file again" in page.content.decode()
    assert not profile.documents.exists()


def test_a_document_above_the_limit_is_refused(own, profile, settings):
    settings.DOCUMENT_MAX_BYTES = 100

    assert "larger than" in add(own, pdf()).content.decode()
    assert not profile.documents.exists()


def test_a_profile_keeps_ten_documents_at_most(own, profile):
    for number in range(documents.MOST + 1):
        answer = add(own, pdf(), name=f"{number}.pdf", kind="certificate")

    assert "Remove one first." in answer.content.decode()
    assert profile.documents.count() == documents.MOST


def test_the_database_keeps_one_cv_and_known_kinds(profile):
    def make(kind):
        return PrivateDocument(profile=profile, kind=kind, name="x", file="documents/x", content_type="x", size=1)

    make("cv").save()
    for kind, rule in {"cv": "one_cv", "photo": "document_kind_known"}.items():
        with pytest.raises(DatabaseError, match=rule), transaction.atomic():
            make(kind).save()
