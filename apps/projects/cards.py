"""A project as a row of a list: names instead of ids, years in words, the language it is read in."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy

from apps.core import timeline
from apps.core.translated import is_read_in
from apps.core.vocabulary import Words, words

from .models import Facet, Project
from .querysets.finding import KIND

LATER = gettext_lazy("Published later")
STANDINGS = dict(Project.State.choices) | {"scheduled": LATER}


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
    own = get_language()
    return drawn_of([told(project, own) for project in projects])


def drawn_of(rows: list[str]) -> list[SafeString]:
    """Turn what is told of projects, as JSON text, into HTML.

    A row's HTML follows from its text, the reader's language, the names in it and the year alone, and each is kept:
    nothing can go stale, for a project that has changed is another text.
    """
    given = get_language(), timeline.until(), words("countries"), words("sectors")
    return [_drawn(row, *given) for row in rows]


def told(project: Project, own: str) -> str:
    """The same text as the list's statement makes of a project; see `querysets.finding.told`."""
    title, lead = ([getattr(project, name), is_read_in(project, name, own)] for name in ("title", "lead"))
    standing = "" if project.is_public else "scheduled" if project.is_scheduled else project.state
    return json.dumps([project.slug, title, lead, project.status, standing, project.facets, project.years])


@lru_cache(maxsize=2_000)
def _drawn(text: str, language: str, year: int, countries: Words, sectors: Words) -> SafeString:
    return render_to_string("projects/_row.html", {"project": _card(json.loads(text), language, year)})


def _card(row: list, own: str, year: int) -> Card:
    slug, title, lead, status, standing, facets, years = row
    (title, title_language), (lead, lead_language) = title or ("", own), lead or ("", own)
    return Card(
        url=reverse("projects:project", args=[slug]),
        title=title,
        title_language="" if title_language == own else title_language,
        lead=lead,
        lead_language="" if lead_language == own else lead_language,
        years=timeline.in_words(years),
        strip=timeline.strip(years, year) if years else "",
        status=str(Project.Status(status).label),
        state=str(STANDINGS[standing]) if standing else "",
        countries=", ".join(_names(facets, Facet.COUNTRY, "countries")),
        residences=", ".join(_names(facets, Facet.RESIDENCE, "countries")),
        sectors=", ".join(_names(facets, Facet.SECTOR, "sectors")),
    )


def state_in_words(project: Project) -> str:
    return str(LATER) if project.is_scheduled else project.get_state_display()


def names(project: Project, facet: Facet, kind: str) -> list[str]:
    """The names of a project's countries or fields, in the reader's language and his alphabet; no query."""
    return _names(project.facets, facet, kind)


def _names(tokens: list[int], facet: Facet, kind: str) -> list[str]:
    known, start = words(kind).by_id, facet.token(0)
    return sorted(known[t - start].name for t in tokens if t // KIND == facet and t - start in known)
