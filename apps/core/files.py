"""Private files leave only through a view that has asked who is looking."""

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.utils.http import content_disposition_header


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
