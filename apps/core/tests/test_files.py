import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import FileField
from django.db.models.fields.files import FieldFile
from django.http import Http404

from apps.core.files import key_of, playable, private, span

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


# --- films ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("", None),
        ("bytes=0-", range(0, 10)),
        ("bytes=4-6", range(4, 7)),
        ("bytes=4-99", range(4, 10)),
        ("bytes=-3", range(7, 10)),
        ("bytes=-99", range(0, 10)),
        ("bytes=10-", range(10, 10)),
        ("bytes=6-4", None),
        ("bytes=-", None),
        ("bytes=0-1,4-5", None),
        ("lines=0-1", None),
    ],
)
def test_a_player_gets_the_bytes_that_it_asks_for(asked, part):
    assert span(asked, 10) == part


@pytest.mark.parametrize(
    ("headers", "status", "data", "length"),
    [
        ({}, 200, b"bytes", None),
        ({"range": "bytes=1-2"}, 206, b"yt", "bytes 1-2/5"),
        ({"range": "bytes=9-"}, 416, b"", "bytes */5"),
        ({"range": "bytes=1-2", "if-range": '"another"'}, 200, b"bytes", None),
        ({"range": "bytes=1-2", "if-range": '"face"'}, 206, b"yt", "bytes 1-2/5"),
    ],
)
def test_a_film_is_played_from_where_one_jumps_to(file, settings, rf, headers, status, data, length):
    settings.ACCEL_REDIRECT = ""
    stored = key_of(file.name)
    headers = {name: value.replace("face", stored) for name, value in headers.items()}

    response = playable(rf.get("/", headers=headers), file, content_type="video/mp4")

    assert (response.status_code, response.getvalue()) == (status, data)
    assert response.get("Content-Range") == length
    assert response["Accept-Ranges"] == "bytes"


def test_the_server_that_sends_a_film_looks_at_the_range_itself(file, settings, rf):
    settings.ACCEL_REDIRECT = "/private/"

    response = playable(rf.get("/", headers={"range": "bytes=1-2"}), file, content_type="video/mp4")

    assert (response.status_code, response["X-Accel-Redirect"]) == (200, f"/private/{file.name}")
