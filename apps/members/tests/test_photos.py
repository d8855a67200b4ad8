"""What becomes of an uploaded photo, and what is refused."""

import struct
import subprocess
import sys
import zipfile
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from PIL import Image

from apps.members import permissions
from apps.members.forms import AboutForm
from apps.members.models import Audience, Profile, ProfileOpening
from apps.members.services import directory, photos, profiles
from apps.members.tests.factories import ProfileFactory

field = AboutForm.base_fields["photo"]
MEGABYTE = 1024 * 1024


def image(format="JPEG", size=(640, 400), colour="teal", mode="RGB", **options):
    data = BytesIO()
    Image.new(mode, size, colour).save(data, format, **options)
    return data.getvalue()


def upload(data, name="me.jpg"):
    return SimpleUploadedFile(name, data)


def stored(data):
    return Image.open(photos.reencoded(field.clean(upload(data))))


# --- what is kept -----------------------------------------------------------------------------------------------------
@pytest.mark.static
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_kept_as_a_small_square_webp(format):
    kept = stored(image(format))

    assert (kept.format, kept.size, kept.mode) == ("WEBP", (400, 400), "RGB")


@pytest.mark.static
def test_a_large_photo_is_made_480_pixels_wide():
    assert stored(image(size=(3000, 2000))).size == (480, 480)


@pytest.mark.static
def test_the_content_decides_and_not_the_name():
    assert field.clean(upload(image(), "IMG_0042")) is not None
    assert field.clean(upload(image("PNG"), "me.jpg")) is not None
    with pytest.raises(ValidationError):
        field.clean(upload(b"<svg></svg>", "me.png"))


@pytest.mark.static
@pytest.mark.parametrize(("mode", "colour"), [("RGBA", (0, 128, 128, 90)), ("P", 3), ("L", 90), ("CMYK", (9, 9, 9, 9))])
def test_every_way_of_storing_colours_is_read(mode, colour):
    format = "JPEG" if mode == "CMYK" else "PNG"

    assert stored(image(format, mode=mode, colour=colour)).mode == "RGB"


@pytest.mark.static
def test_place_camera_and_date_are_gone_and_the_picture_stands_upright():
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "CANARY CAMERA", 6  # maker; turned by a quarter
    exif.get_ifd(0x8825)[2] = (50.0, 51.0, 1.0)  # latitude
    sideways = Image.new("RGB", (400, 200), "white")
    sideways.paste("black", (0, 0, 200, 200))  # the left half becomes the upper one
    data = BytesIO()
    sideways.save(data, "JPEG", exif=exif, comment=b"CANARY COMMENT")
    assert b"CANARY" in data.getvalue()

    kept = photos.reencoded(field.clean(upload(data.getvalue())))

    assert b"CANARY" not in kept.read()
    kept = Image.open(kept)
    assert dict(kept.getexif()) == {}
    assert kept.getpixel((100, 20))[0] < 30 < 225 < kept.getpixel((100, 180))[0]


@pytest.mark.static
def test_what_was_hidden_behind_the_picture_is_gone():
    kept = photos.reencoded(field.clean(upload(image() + b"<script>CANARY</script>")))

    assert b"CANARY" not in kept.read()


@pytest.mark.static
def test_a_name_on_the_disk_says_nothing_of_the_upload_and_cannot_be_guessed():
    names = {Profile._meta.get_field("photo").generate_filename(None, "../../me & my passport.svg") for _ in range(100)}

    assert len(names) == 100
    assert all(name.startswith("photos/") and name.endswith(".webp") and len(name) == 32 for name in names)


# --- what is refused --------------------------------------------------------------------------------------------------
def png_of(width, height):
    """The head of a PNG that claims a size."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head)) + png_end()


def png_end():
    return b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in [(b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    )


def png_with_a_text_of(size):
    text = b"zTXtComment\0\0" + zlib.compress(b"A" * size)
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    whole = image("PNG")
    return whole[:33] + chunk + whole[33:]


def archive():
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("me.jpg", b"\0" * MEGABYTE)
    return data.getvalue()


REFUSED = {
    "an SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "a page": b"<!DOCTYPE html><script>alert(1)</script>",
    "a page that begins like a GIF": b"GIF89a<script>alert(1)</script>",
    "an archive": archive(),
    "a PDF": b"%PDF-1.7\n1 0 obj\n",
    "a GIF": image("GIF"),
    "a TIFF": image("TIFF"),
    "a BMP": image("BMP"),
    "nothing": b"\0" * 64,
    "a text": b"me",
    "half a PNG": image("PNG", size=(900, 900))[:60],
    "a picture of 4 gigapixels": png_of(65_500, 65_500),
    "a picture of 50 megapixels": png_of(10_000, 5_000),
    "a bomb of text": png_with_a_text_of(90 * MEGABYTE),
}


@pytest.mark.static
@pytest.mark.parametrize("what", REFUSED)
def test_refused(what):
    with pytest.raises(ValidationError):
        field.clean(upload(REFUSED[what]))


def test_a_picture_of_39_megapixels_is_taken_and_one_byte_too_many_is_not(monkeypatch):
    assert field.clean(upload(image(size=(7800, 5000)))) is not None

    small = image()
    monkeypatch.setattr(settings, "PHOTO_MAX_BYTES", len(small))
    assert field.clean(upload(small)) is not None
    monkeypatch.setattr(settings, "PHOTO_MAX_BYTES", len(small) - 1)
    with pytest.raises(ValidationError, match="larger"):
        field.clean(upload(small))


MEASURE = """
import sys
import django
django.setup()
from django.core.files.uploadedfile import SimpleUploadedFile
from apps.members.forms import AboutForm
from apps.members.services import photos

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))

before = peak()
with open(sys.argv[1], "rb") as file:
    photos.reencoded(AboutForm.base_fields["photo"].clean(SimpleUploadedFile("me.jpg", file.read())))
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone tells a process its highest memory")
@pytest.mark.parametrize(
    ("format", "mode", "size"),
    [
        ("JPEG", "RGB", (8000, 5000)),
        ("PNG", "RGB", (8000, 5000)),
        ("PNG", "P", (8000, 5000)),
        ("PNG", "RGBA", (5000, 4000)),
        ("WEBP", "RGB", (4400, 3000)),
    ],
)
def test_the_largest_photo_that_is_taken_costs_less_than_300_megabytes(tmp_path, format, mode, size):
    path = tmp_path / "large"
    quickly = {"quality": 1, "method": 0} if format == "WEBP" else {}
    path.write_bytes(image(format, size=size, mode=mode, colour=0, **quickly))

    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], cwd=settings.ROOT, capture_output=True, text=True, check=True
    )

    assert int(done.stdout) < 300


@pytest.mark.static
@settings_of_hypothesis(max_examples=60, deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.data())
def test_a_damaged_photo_is_either_refused_or_kept_and_never_an_error(format, data):
    whole = bytearray(image(format, size=(60, 40)))
    for _blow in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    whole = whole[: data.draw(st.integers(1, len(whole)))]

    with suppress(ValidationError):
        assert Image.open(photos.reencoded(field.clean(upload(bytes(whole))))).format == "WEBP"


# --- on the disk ------------------------------------------------------------------------------------------------------
@pytest.fixture
def member(db):
    return ProfileFactory().user


def save(user, **fields):
    return profiles.save_about(user=user, display_name="Aline", **fields)


def exists(name):
    return Profile._meta.get_field("photo").storage.exists(name)


def test_a_new_photo_takes_the_old_one_off_the_disk_once_that_is_committed(member, django_capture_on_commit_callbacks):
    first = save(member, photo=upload(image())).photo.name
    with django_capture_on_commit_callbacks() as callbacks:
        second = save(member, photo=upload(image(colour="red"))).photo.name

    assert exists(first)
    for callback in callbacks:
        callback()
    assert not exists(first)
    assert exists(second)


def test_taking_the_photo_away_takes_it_off_the_disk(member, django_capture_on_commit_callbacks):
    name = save(member, photo=upload(image())).photo.name
    with django_capture_on_commit_callbacks(execute=True):
        profile = save(member, remove_photo=True)

    assert not profile.photo
    assert not exists(name)


def test_saving_the_rest_keeps_the_photo(member):
    name = save(member, photo=upload(image())).photo.name

    assert save(member, headline="Midwife").photo.name == name


def test_half_a_photo_is_refused_with_a_sentence_and_everything_typed_is_kept(client, member):
    client.force_login(member)
    whole = image(size=(1200, 1200), quality=95)
    broken = upload(whole[: len(whole) // 2])

    page = client.post(reverse("members:profile-about"), {"display_name": "Aline B.", "photo": broken})

    assert page.status_code == 200
    assert "photo" in page.context["form"].errors
    assert "Aline B." in page.content.decode()


# --- who fetches it ---------------------------------------------------------------------------------------------------
def with_photo(profile):
    image = BytesIO()
    Image.new("RGB", (480, 480), "teal").save(image, "WEBP")
    profile.photo.save("photo.webp", ContentFile(image.getvalue()))
    return profile


def test_a_large_photo_is_an_opening_of_the_profile_and_a_small_one_is_not(client, member, monkeypatch):
    client.force_login(member)
    monkeypatch.setattr(permissions, "PROFILES_A_DAY", 2)
    first, second, third = (with_photo(person) for person in ProfileFactory.create_batch(3, listed=True))

    def status(person, size):
        answer = client.get(reverse(f"members:{size}", args=[person.public_id]))
        return answer.status_code if answer.getvalue() else "empty"

    assert [status(person, "photo") for person in (first, second, third)] == [200, 200, 200]
    assert ProfileOpening.objects.count() == 0
    assert client.get(first.get_absolute_url()).status_code == 200
    assert [status(person, "photo-large") for person in (first, second, third, first)] == [200, 200, 429, 200]
    assert set(ProfileOpening.objects.values_list("profile", flat=True)) == {first.pk, second.pk}
    assert status(third, "photo") == 200


def test_the_page_of_a_person_shows_the_large_photo_and_lists_the_small_one(client, member):
    client.force_login(member)
    profile = with_photo(ProfileFactory(listed=True))
    directory.refresh(profile)

    def page(url):
        return client.get(url).content.decode()

    large, small = (
        f'src="{reverse(f"members:{size}", args=[profile.public_id])}"' for size in ("photo-large", "photo")
    )

    assert [size in page(profile.get_absolute_url()) for size in (large, small)] == [True, False]
    assert [size in page(reverse("members:directory-members")) for size in (large, small)] == [False, True]
    assert Image.open(BytesIO(client.get(small[5:-1]).getvalue())).size == (160, 160)
    assert Image.open(BytesIO(client.get(large[5:-1]).getvalue())).size == (480, 480)


@pytest.mark.django_db
def test_ones_own_large_photo_is_no_opening_and_visitors_open_what_everyone_may_see(client):
    profile = with_photo(ProfileFactory(public=True, photo_audience=Audience.PUBLIC))
    url = reverse("members:photo-large", args=[profile.public_id])

    assert client.get(url).getvalue()
    client.force_login(profile.user)
    assert client.get(url).getvalue()
    assert ProfileOpening.objects.count() == 0
