"""Pictures that people upload: told by their content, within bounds, and kept re-encoded without hidden data."""

from io import BytesIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
ACCEPTED = "image/jpeg,image/png,image/webp"
PLAIN_MODES = {"L", "LA", "RGB", "RGBA", "CMYK"}  # what Pillow's `reduce` knows


def check(upload) -> None:
    """Raise ``ValidationError`` unless it is a whole JPEG, PNG or WebP within the limits of the settings."""
    if upload.size > settings.PHOTO_MAX_BYTES:
        limit = filesizeformat(settings.PHOTO_MAX_BYTES)
        raise ValidationError(_("This file is larger than %(limit)s. Choose a smaller one.") % {"limit": limit})
    upload.seek(0)
    try:
        with Image.open(upload, formats=FORMATS) as image:
            # What is transparent is in memory twice while it is read, a WebP still more often.
            copies = 3 if image.format == "WEBP" else 2 if "A" in image.mode else 1
            if image.width * image.height * copies > settings.PHOTO_MAX_PIXELS:
                raise ValidationError(_("This image has too many pixels. Choose a smaller one."))
            image.draft("RGB", (1, 1))  # a JPEG is decoded small
            image.load()  # to its end: half an image is none
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValidationError(_("This is not a JPEG, PNG or WebP image that we can read.")) from error
    upload.seek(0)


def fitted(upload, side: int) -> Image.Image:
    """Return the picture upright and no wider or higher than ``side`` pixels, transparency kept, nothing else."""
    upload.seek(0)
    with Image.open(upload, formats=FORMATS) as image:
        image.draft("RGB", (side * 2, side * 2))
        plain = image if image.mode in PLAIN_MODES else image.convert("RGBA")
        # Small before anything else makes a copy, so that memory stays bounded.
        small = plain.reduce(max(1, max(plain.size) // (side * 2)))
        upright = ImageOps.exif_transpose(small)
        upright = upright.convert("RGBA" if "A" in upright.mode else "RGB")
        upright.thumbnail((side, side))
    return upright


def webp(image: Image.Image, name: str = "picture.webp") -> ContentFile:
    out = BytesIO()
    image.save(out, "WEBP", quality=82, method=4)
    return ContentFile(out.getvalue(), name=name)
