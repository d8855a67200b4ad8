"""Photos as they are kept: re-encoded, without the metadata of the camera; and smaller still, for lists."""

from functools import lru_cache
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageOps

SIDE = 480
SIDE_IN_LISTS = 160


def reencoded(upload) -> ContentFile:
    """Return the image as a square WebP of at most 480 pixels, without position, camera and date."""
    upload.seek(0)
    with Image.open(upload) as image:
        image.draft("RGB", (SIDE * 2, SIDE * 2))  # a JPEG is decoded small
        # `reduce` knows these modes only; palettes and 16 bits a channel are rare enough for the extra copy.
        plain = image if image.mode in {"L", "LA", "RGB", "RGBA", "CMYK"} else image.convert("RGB")
        # Small before anything else makes a copy, so that memory stays bounded.
        small = plain.reduce(max(1, min(plain.size) // (SIDE * 2)))
        upright = ImageOps.exif_transpose(small).convert("RGB")
        square = ImageOps.fit(upright, (min(SIDE, *upright.size),) * 2)
    out = BytesIO()
    square.save(out, "WEBP", quality=82, method=4)
    return ContentFile(out.getvalue(), name="photo.webp")


@lru_cache(maxsize=2_000)
def small(name: str) -> bytes:
    """The kept photo of this name as lists show it. Each upload has a name of its own: nothing can go stale."""
    with default_storage.open(name) as kept, Image.open(kept) as image:
        image.thumbnail((SIDE_IN_LISTS, SIDE_IN_LISTS))
        out = BytesIO()
        image.save(out, "WEBP", quality=80, method=4)
    return out.getvalue()


def let_go(profile) -> None:
    """Take the photo off the profile, and off the disk once that is committed."""
    if profile.photo:
        storage, name = profile.photo.storage, profile.photo.name
        transaction.on_commit(lambda: storage.delete(name), robust=True)
        profile.photo = ""
