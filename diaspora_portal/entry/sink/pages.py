"""The pages: the list, one mail, its HTML in a frame, its source. Only two buttons do anything, by POST."""

from dataclasses import asdict

from django.conf import settings
from django.contrib.staticfiles.views import serve
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.outbox import kinds
from apps.outbox.admin.previews import framed
from apps.outbox.models import State

from . import mails
from .links import links_of, press
from .smtp import TROUBLES, trouble


@never_cache
@require_safe
def mail_list(request):
    asked = mails.Asked(**{name: request.GET.get(name, "").strip() for name in asdict(mails.Asked())})
    found, answers = mails.newest(asked)
    counts = mails.counts()
    return render(
        request,
        "sink/list.html",
        {
            "mails": found,
            "shown": mails.SHOWN,
            "database_answers": answers,
            "asked": asked,
            "kinds": [kind.name for kind in kinds.every()],
            "states": [(state, counts.get(state, 0)) for state in State.values],
            "troubles": TROUBLES,
            "trouble": trouble,
        },
    )


@require_POST
def meet_trouble(request):
    number = request.POST.get("mails", "")
    trouble.meet(request.POST.get("trouble", ""), int(number) if number.isdecimal() else 0)
    return redirect("list")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def one_mail(request, mark):
    """GET shows it; POST presses its links too."""
    mail, said, language = _found(request, mark)
    links = links_of(said.text, said.html) if said else []
    if request.method == "POST":
        links = press(links, site=settings.SITE_URL)
    return render(
        request,
        "sink/mail.html",
        {
            "mail": mail,
            "said": said,
            "language": language,
            "languages": dict(settings.LANGUAGES) if mail.kind else {},
            "headers": [] if language else mail.headers(),
            "links": links,
            "pressed": request.method == "POST",
        },
    )


@never_cache
@require_safe
def html_of_mail(request, mark):
    """What the frame shows; nothing runs in it, and nothing is loaded from anywhere."""
    _mail, said, _language = _found(request, mark)
    return framed(said.html if said else "")


@never_cache
@require_safe
def source_of_mail(request, mark):
    mail = _mail(mark)
    if not mail.arrived:
        raise Http404("It has not arrived.")
    return HttpResponse(mail.arrived[0].path.read_bytes(), content_type="text/plain; charset=utf-8")


def _mail(mark):
    mail = mails.find(mark)
    if mail is None:
        raise Http404(f"No mail {mark}, or the database does not answer.")
    return mail


def _found(request, mark):
    """The mail, what it says, and the language if that is not how it was sent."""
    mail, language = _mail(mark), request.GET.get("language", "")
    if mail.kind is None or language not in dict(settings.LANGUAGES):
        return mail, mail.said(), ""
    return mail, mail.in_language(language), language


urlpatterns = [
    path("", mail_list, name="list"),
    path("trouble/", meet_trouble, name="trouble"),
    path("static/<path:path>", serve, name="static"),
    path("<slug:mark>/", one_mail, name="mail"),
    path("<slug:mark>/html/", html_of_mail, name="html"),
    path("<slug:mark>/source/", source_of_mail, name="source"),
]
