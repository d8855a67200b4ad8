"""Two small doormen: nothing unreadable comes in, nothing personal stays behind in a browser."""

from django.core.exceptions import SuspiciousOperation


def readable(get_response):
    """Answer 400 to a NUL character anywhere in what was asked: PostgreSQL refuses it, and nobody types one."""

    def middleware(request):
        values = [request.path, *(value for _key, some in request.GET.lists() for value in some)]
        if request.method == "POST":
            values += [value for _key, some in request.POST.lists() for value in some]
        if any("\x00" in value for value in values):
            raise SuspiciousOperation("NUL in the request")
        return get_response(request)

    return middleware


def private(get_response):
    """Pages of somebody who is signed in are not kept: after signing out on a shared computer, Back shows nothing."""

    def middleware(request):
        response = get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware
