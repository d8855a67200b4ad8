"""Every mail of the portal in every language, with sample values; and the frame in which a mail's HTML is shown."""

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.conf import settings
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from .. import kinds
from ..models import Lane, MailContent
from ..render import rendered
from ..wire import Filled, Wire
from .story import headers_of

# Mails carry their styles within them: one of the portal's two exceptions to its policy. Nothing runs in the frame.
MAIL = {
    "sandbox": True,
    "default-src": NONE,
    "style-src": UNSAFE_INLINE,
    "img-src": SELF,
    "frame-ancestors": SELF,
}
# A page with the frame in it lets itself be framed by nobody, as all others.
with_frame = csp_update({"frame-src": [SELF]})
WIDTHS = [600, 375]
SCHEMES = [("light", _("Light")), ("dark", _("Dark"))]
READER = "reader@example.org"


@csp(MAIL)
@xframe_options_sameorigin
def framed(html: str) -> HttpResponse:
    return HttpResponse(html)


def look(request) -> dict:
    """How wide the frame is and on which ground, as the address line asks; links, so that it needs no script."""
    asked = request.GET
    width = 375 if asked.get("width") == "375" else 600
    scheme = "dark" if asked.get("scheme") == "dark" else "light"
    return {
        "width": width,
        "scheme": scheme,
        "widths": [{"query": _query(one, scheme), "label": f"{one} px", "current": one == width} for one in WIDTHS],
        "schemes": [
            {"query": _query(width, code), "label": label, "current": code == scheme} for code, label in SCHEMES
        ],
        "query": _query(width, scheme),
    }


def _query(width: int, scheme: str) -> str:
    return f"?width={width}&scheme={scheme}"


# --- the pages --------------------------------------------------------------------------------------------------------
def index(request, context: dict) -> TemplateResponse:
    lanes = [
        {"label": lane.label, "kinds": [_row(kind) for kind in _with_templates() if kind.lane == lane]} for lane in Lane
    ]
    return TemplateResponse(
        request,
        "admin/outbox/previews.html",
        context | {"title": _("Every mail of the portal"), "lanes": [lane for lane in lanes if lane["kinds"]]},
    )


def _with_templates() -> list[kinds.Kind]:
    """All kinds but those whose texts come ready-made: of these there is nothing to show beforehand."""
    return [kind for kind in kinds.every() if not kind.ready_made]


def _row(kind: kinds.Kind) -> dict:
    return {"title": str(kind.title) or kind.name, "name": kind.name, "links": _languages(kind.name)}


def _languages(kind: str) -> list[dict]:
    return [
        {"code": code, "label": name, "url": reverse("admin:outbox_outgoingmail_preview_mail", args=[kind, code])}
        for code, name in settings.LANGUAGES
    ]


@with_frame
def page(request, context: dict, kind: str, language: str) -> TemplateResponse:
    known = _known(kind, language)
    content = _sample_content(known, language)
    every = [one.name for one in _with_templates()]
    place = every.index(kind)
    return TemplateResponse(
        request,
        "admin/outbox/preview.html",
        context
        | look(request)
        | {
            "title": str(known.title) or kind,
            "subtitle": dict(settings.LANGUAGES)[language],
            "language": language,
            "filled": Wire(content).filled(known.sample),
            "headers": headers_of(Wire(content).message(to=READER, key="0" * 32, values=known.sample)),
            "languages_of_mail": _languages(kind),
            "frame": reverse("admin:outbox_outgoingmail_preview_html", args=[kind, language]),
            "previous": _neighbour(every[place - 1], language) if place else None,
            "next": _neighbour(every[place + 1], language) if place + 1 < len(every) else None,
        },
    )


def _neighbour(kind: str, language: str) -> dict:
    url = reverse("admin:outbox_outgoingmail_preview_mail", args=[kind, language])
    return {"title": str(kinds.get(kind).title) or kind, "url": url}


def sample(kind: str, language: str) -> Filled:
    """A mail of this kind with the sample values that its app gave; 404 where there is no such kind or language."""
    known = _known(kind, language)
    return Wire(_sample_content(known, language)).filled(known.sample)


def _known(kind: str, language: str) -> kinds.Kind:
    try:
        known = kinds.get(kind)
    except kinds.UnknownKind:
        raise Http404(f"no kind {kind}") from None
    if known.ready_made or language not in dict(settings.LANGUAGES):
        raise Http404(f"no {kind} in {language}")
    return known


def _sample_content(kind: kinds.Kind, language: str) -> MailContent:
    """What a mail of this kind would be made from; it is not kept."""
    words = rendered(kind, language, kind.sample_context)._asdict()
    return MailContent(kind=kind.name, language=language, placeholders=sorted(kind.sample), digest="0" * 64, **words)
