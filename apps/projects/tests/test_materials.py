"""Files of a project: taken by their content, in the same place when they are replaced."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from apps.core.tests.documents import pdf
from apps.core.tests.factories import LanguageFactory
from apps.core.tests.test_images import upload
from apps.projects.models import Document, Picture, Video
from apps.projects.services import materials

from .factories import OrganisationFactory, ProjectFactory

pytestmark = pytest.mark.django_db


def report(pages=3) -> SimpleUploadedFile:
    return SimpleUploadedFile("../../Report 2019.exe", pdf(pages=pages))


@pytest.fixture
def document():
    row = Document(project=ProjectFactory(published=True), title="Report", language=LanguageFactory(code="en"))
    materials.take_document(row, report())
    row.save()
    return row


def test_a_document_is_told_by_its_content_and_counted(document):
    assert (document.content_type, document.pages) == ("application/pdf", 3)
    assert document.size == len(report().read())
    assert document.file.name.endswith(".pdf")
    assert "Report" not in document.file.name
    assert document.replaced_at is None


def test_a_document_that_is_replaced_keeps_its_address_and_the_old_file_goes(
    document, django_capture_on_commit_callbacks
):
    before, address = document.file.name, document.get_absolute_url()

    with django_capture_on_commit_callbacks(execute=True):
        materials.take_document(document, report(pages=5))
        document.save()
        assert default_storage.exists(before)

    assert document.get_absolute_url() == address
    assert (document.pages, document.replaced_at is not None) == (5, True)
    assert default_storage.exists(document.file.name)
    assert not default_storage.exists(before)


def test_a_refused_file_leaves_the_old_one_where_it_is(document):
    before = document.file.name

    with pytest.raises(ValidationError), transaction.atomic():
        materials.take_document(document, SimpleUploadedFile("report.pdf", b"MZ\x90\x00"))

    document.refresh_from_db()
    assert document.file.name == before
    assert default_storage.exists(before)


def test_a_document_has_a_limit(settings):
    settings.DOCUMENT_MAX_BYTES = 100
    with pytest.raises(ValidationError, match="larger than"):
        materials.take_document(Document(project=ProjectFactory()), report())


def test_a_picture_is_kept_in_two_sizes():
    picture = Picture(project=ProjectFactory(), alt="A workshop")
    materials.take_picture(picture, upload(2000, 1000))
    picture.save()

    assert (picture.width, picture.height) == (1600, 800)
    assert picture.small.size < picture.image.size
    assert picture.image.name != picture.small.name


def test_a_logo_knows_its_size():
    organisation = OrganisationFactory()
    materials.take_logo(organisation, upload(800, 200, "PNG", "RGBA"))

    assert (organisation.logo_width, organisation.logo_height) == (320, 80)


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"\x00\x00\x00\x18ftypmp42rest", "video/mp4"), (b"\x1aE\xdf\xa3rest of a film", "video/webm")],
)
def test_films_are_mp4_or_webm(content, kind):
    video = Video(project=ProjectFactory(), title="Vlog", language=LanguageFactory(code="en"))
    materials.take_video(video, SimpleUploadedFile("vlog.exe", content))

    assert video.content_type == kind
    assert video.file.name.rsplit(".")[-1] == kind.split("/")[1]


def test_what_is_no_film_and_no_captions_is_refused(settings):
    video = Video(project=ProjectFactory(), title="Vlog")
    with pytest.raises(ValidationError, match="not an MP4"):
        materials.take_video(video, SimpleUploadedFile("vlog.mp4", b"<html><script>alert(1)</script>"))
    with pytest.raises(ValidationError, match="WebVTT"):
        materials.take_captions(video, SimpleUploadedFile("c.vtt", b"\xff\xfe1\n00:01 --> 00:02"))
    settings.VIDEO_MAX_BYTES = 10
    with pytest.raises(ValidationError, match="larger than"):
        materials.take_video(video, SimpleUploadedFile("vlog.mp4", b"\x00\x00\x00\x18ftypmp42rest"))


def test_captions_are_webvtt():
    video = Video(project=ProjectFactory(), title="Vlog")
    materials.take_captions(video, SimpleUploadedFile("c.txt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello"))

    assert video.captions.name.endswith(".vtt")
