import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from apps.core.files import private

pytestmark = pytest.mark.static


@pytest.fixture
def file():
    name = default_storage.save("photos/face.webp", ContentFile(b"bytes"))
    with default_storage.open(name) as opened:
        opened.name = name
        yield opened
    default_storage.delete(name)


def test_django_sends_the_file_itself_where_no_server_stands_before_it(file, settings):
    settings.ACCEL_REDIRECT = ""

    response = private(file, content_type="image/webp")

    assert b"".join(response.streaming_content) == b"bytes"
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
