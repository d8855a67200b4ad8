import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import FileField
from django.db.models.fields.files import FieldFile
from django.http import Http404

from apps.core.files import private

pytestmark = pytest.mark.static


@pytest.fixture
def file():
    name = default_storage.save("photos/face.webp", ContentFile(b"bytes"))
    stored = FieldFile(None, FileField(storage=default_storage), name)
    yield stored
    stored.close()
    default_storage.delete(name)


def test_django_sends_the_file_itself_where_no_server_stands_before_it(file, settings):
    settings.ACCEL_REDIRECT = ""

    response = private(file, content_type="image/webp")

    assert response.getvalue() == b"bytes"
    assert response["Content-Type"] == "image/webp"
    assert response["Content-Disposition"] == "inline"
    assert response["Cache-Control"] == "private, no-cache"


def test_the_server_is_told_which_file_to_send_and_gets_no_bytes(file, settings):
    settings.ACCEL_REDIRECT = "/private/"

    response = private(file, content_type="image/webp")

    assert response["X-Accel-Redirect"] == f"/private/{file.name}"
    assert response.content == b""


def test_a_document_is_sent_as_an_attachment_of_its_name(file, settings):
    settings.ACCEL_REDIRECT = "/private/"

    assert private(file, content_type="application/pdf", download_as="cv.pdf")["Content-Disposition"] == (
        'attachment; filename="cv.pdf"'
    )


@pytest.mark.parametrize("accel_redirect", ["", "/private/"])
def test_a_file_that_is_gone_is_not_found(file, settings, accel_redirect):
    settings.ACCEL_REDIRECT = accel_redirect
    default_storage.delete(file.name)

    with pytest.raises(Http404):
        private(file, content_type="image/webp")
