"""A project as a row of a list: names instead of ids, years in words, the language it is read in."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.core import timeline
from apps.core.translated import is_read_in
from apps.core.vocabulary import words

from .models import Facet, Project

KIND = 1_000_000
Years = tuple[tuple[int, int | None], ...]


@dataclass(frozen=True)
class Card:
    """What a row says; its HTML follows from this and the language alone, so that it can be kept."""

    url: str
    title: str
    title_language: str  # "" where it is the page's own
    lead: str
    lead_language: str
    years: str
    strip: str  # the same years, drawn
    status: str
    state: str  # "" while it is public
    countries: str
    residences: str
    sectors: str


def drawn(projects: Iterable[Project]) -> list[SafeString]:
    language = get_language()
    return [_drawn(card(project), language) for project in projects]


@lru_cache(maxsize=2_000)
def _drawn(card: Card, language: str) -> SafeString:
    return render_to_string("projects/_row.html", {"project": card})


def card(project: Project) -> Card:
    own = get_language()
    read = {name: is_read_in(project, name, own) for name in ("title", "lead")}
    return Card(
        url=project.get_absolute_url(),
        title=project.title,
        title_language=read["title"] if read["title"] != own else "",
        lead=project.lead,
        lead_language=read["lead"] if read["lead"] != own else "",
        years=timeline.in_words(project.years),
        strip=timeline.strip(project.years, timeline.until()) if project.years else "",
        status=project.get_status_display(),
        state="" if project.is_public else str(state_in_words(project)),
        countries=", ".join(names(project, Facet.COUNTRY, "countries")),
        residences=", ".join(names(project, Facet.RESIDENCE, "countries")),
        sectors=", ".join(names(project, Facet.SECTOR, "sectors")),
    )


def state_in_words(project: Project) -> str:
    return _("Published later") if project.is_scheduled else project.get_state_display()


def names(project: Project, facet: Facet, kind: str) -> list[str]:
    """The names of a project's countries or fields, in the reader's language and his alphabet; no query."""
    known, start = words(kind).by_id, facet.token(0)
    return sorted(known[t - start].name for t in project.facets if t // KIND == facet and t - start in known)
