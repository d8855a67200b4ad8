"""Files of a project, taken in by their content. A new file in an old place keeps the place's address.

Each function fills the row and does not save it; the file that stood there before goes once that is committed.
"""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from pypdf import PdfReader

from apps.core import documents, images

from ..models import Document, Organisation, Picture, Video

LARGE, SMALL, LOGO = 1600, 640, 320  # pixels
FILMS = {b"ftyp": ("video/mp4", "mp4"), b"\x1aE\xdf\xa3": ("video/webm", "webm")}


def take_document(document: Document, upload) -> None:
    """Take a PDF, DOCX or ODT; raises ``ValidationError`` for anything else."""
    _within(upload, settings.DOCUMENT_MAX_BYTES)
    kind = documents.kind_of(upload)
    if document.file:
        document.replaced_at = timezone.now()
    _put(document, "file", upload, f"document.{kind.extension}")
    document.content_type, document.size = kind.content_type, upload.size
    document.pages = _pages(upload) if kind is documents.PDF else None


def take_picture(picture: Picture, upload) -> None:
    """Take a JPEG, PNG or WebP; it is kept in two sizes, without position, camera and date."""
    images.check(upload)
    large = images.fitted(upload, LARGE)
    _put(picture, "image", images.webp(large), "picture.webp")
    _put(picture, "small", images.webp(images.fitted(upload, SMALL)), "picture.webp")
    picture.width, picture.height = large.size


def take_logo(organisation: Organisation, upload) -> None:
    images.check(upload)
    logo = images.fitted(upload, LOGO)
    _put(organisation, "logo", images.webp(logo), "logo.webp")
    organisation.logo_width, organisation.logo_height = logo.size


def take_video(video: Video, upload) -> None:
    """Take an MP4 or WebM film."""
    _within(upload, settings.VIDEO_MAX_BYTES)
    upload.seek(0)
    start = upload.read(12)
    upload.seek(0)
    found = FILMS.get(start[4:8]) or FILMS.get(start[:4])
    if not found:
        raise ValidationError(_("This is not an MP4 or WebM film."))
    video.content_type, video.size = found[0], upload.size
    _put(video, "file", upload, f"film.{found[1]}")


def take_captions(video: Video, upload) -> None:
    """Take captions in WebVTT, the one format that browsers read."""
    upload.seek(0)
    start = upload.read(1024 * 1024)
    upload.seek(0)
    try:
        is_text = start.decode("utf-8-sig").startswith("WEBVTT")
    except UnicodeDecodeError:
        is_text = False
    if not is_text or upload.size > 1024 * 1024:
        raise ValidationError(_("These are not captions in WebVTT."))
    _put(video, "captions", upload, "captions.vtt")


def _within(upload, most: int) -> None:
    if upload.size > most:
        limit = filesizeformat(most)
        raise ValidationError(_("This file is larger than %(limit)s. Choose a smaller one.") % {"limit": limit})


def _pages(upload) -> int:
    upload.seek(0)
    pages = len(PdfReader(upload).pages)
    upload.seek(0)
    return pages


def _put(row, name: str, content, file_name: str) -> None:
    let_go(row, name)
    getattr(row, name).save(file_name, content, save=False)


def let_go(row, name: str) -> None:
    """Take a file off its row, and off the disk once that is committed."""
    field = getattr(row, name)
    # Told by the stored row: a form has put the upload into the field already.
    kept = type(row)._base_manager.filter(pk=row.pk).values_list(name, flat=True).first() if row.pk else ""
    if kept:
        storage = field.storage
        transaction.on_commit(lambda: storage.delete(kept), robust=True)
    setattr(row, name, "")
