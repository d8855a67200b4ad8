"""Pictures as they are kept."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.core import images


def upload(width=2000, height=1000, kind="JPEG", mode="RGB", **how) -> SimpleUploadedFile:
    out = BytesIO()
    Image.new(mode, (width, height), (0, 0, 128, 90) if mode == "RGBA" else "navy").save(out, kind, **how)
    return SimpleUploadedFile("picture", out.getvalue())


def stored(file) -> Image.Image:
    return Image.open(BytesIO(file.read()))


def test_a_picture_is_fitted_into_its_side_and_keeps_its_shape():
    assert images.fitted(upload(2000, 1000), 640).size == (640, 320)
    assert images.fitted(upload(300, 1200), 640).size == (160, 640)
    assert images.fitted(upload(100, 50), 640).size == (100, 50)  # never made larger


def test_what_is_transparent_stays_so_and_palettes_are_no_trouble():
    kept = stored(images.webp(images.fitted(upload(50, 50, "PNG", "RGBA"), 320)))
    assert (kept.format, kept.mode) == ("WEBP", "RGBA")
    assert stored(images.webp(images.fitted(upload(50, 50, "PNG", "P"), 320))).format == "WEBP"


def test_a_picture_taken_upright_is_kept_upright_without_the_cameras_data():
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera"  # turned by 90 degrees; the maker's name
    kept = stored(images.webp(images.fitted(upload(200, 100, exif=exif), 640)))

    assert kept.size == (100, 200)
    assert not kept.getexif()


@pytest.mark.parametrize("content", [b"", b"GIF89a....", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff"])
def test_anything_else_is_refused_with_a_sentence(content):
    with pytest.raises(ValidationError, match="not a JPEG, PNG or WebP"):
        images.check(SimpleUploadedFile("picture.jpg", content))


def test_what_is_too_large_is_refused(settings):
    settings.PHOTO_MAX_PIXELS = 100
    with pytest.raises(ValidationError, match="too many pixels"):
        images.check(upload(20, 20))
    settings.PHOTO_MAX_BYTES = 10
    with pytest.raises(ValidationError, match="larger than"):
        images.check(upload(20, 20))
