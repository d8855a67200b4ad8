"""Private files leave only through a view that has asked who is looking."""

import re
from collections.abc import Iterator
from pathlib import PurePath

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")
CHUNK = 64 * 1024


def private(file, *, content_type: str, download_as: str = "") -> HttpResponse:
    """Answer with a stored file: through nginx where ACCEL_REDIRECT names its internal location, else ourselves.

    ``download_as`` sends it as an attachment of that name; without it the browser shows it (images only).
    """
    if not file.storage.exists(file.name):
        raise Http404  # replaced a moment ago, or not in a restored backup
    if settings.ACCEL_REDIRECT:
        response = HttpResponse(content_type=content_type)
        response["X-Accel-Redirect"] = settings.ACCEL_REDIRECT + file.name
    else:
        response = FileResponse(file.open("rb"), content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, download_as) if download_as else "inline"
    response["Cache-Control"] = "private, no-cache"
    return response


def key_of(name: str) -> str:
    """A word for a stored file's content: whatever is uploaded anew gets a new name."""
    return PurePath(name).stem[:10]


def kept_long(response: HttpResponse) -> None:
    """Let anybody keep it for a year. For what everybody may see, at an address that names the content."""
    response["Cache-Control"] = "public, max-age=31536000, immutable"


def playable(request, file, *, content_type: str) -> HttpResponse:
    """Answer with a film, or with the part of it that a player asks for to jump; nginx does this by itself."""
    if settings.ACCEL_REDIRECT or not file.storage.exists(file.name):
        return private(file, content_type=content_type)
    etag = f'"{key_of(file.name)}"'
    asked = request.headers.get("Range", "") if request.headers.get("If-Range", etag) == etag else ""
    part = span(asked, file.size)
    if part is None:
        response = private(file, content_type=content_type)
    elif not part:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{file.size}"})
    else:
        response = StreamingHttpResponse(_bytes_of(file, part), status=206, content_type=content_type)
        response["Content-Length"] = len(part)
        response["Content-Range"] = f"bytes {part[0]}-{part[-1]}/{file.size}"
        response["Cache-Control"] = "private, no-cache"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    response["Content-Encoding"] = "identity"  # a film packed on its way would have other bytes to ask for
    return response


def span(asked: str, size: int) -> range | None:
    """The bytes that a Range header asks for; an empty range lies outside the file, None is the whole of it."""
    found = RANGE.match(asked)
    if not found or not any(found.groups()):
        return None  # several ranges, other units, nonsense: the whole answers all of them
    first, last = found.groups()
    if not first:
        return range(max(size - int(last), 0), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last), size - 1) + 1 if last else size)


def _bytes_of(file, part: range) -> Iterator[bytes]:
    with file.open("rb") as opened:
        opened.seek(part[0])
        left = len(part)
        while left and (chunk := opened.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
