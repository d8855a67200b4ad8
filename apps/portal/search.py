"""Search over all sources: each app's own words, so that what a reader may not see no search of his can match."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.http import urlencode
from django.utils.text import Truncator
from django.utils.translation import get_language, get_language_info, override
from django.utils.translation import gettext as _

from apps.core import vocabulary
from apps.core.text import words
from apps.core.translated import is_read_in
from apps.members import cards
from apps.members.models import Audience, DirectoryEntry
from apps.members.querysets.blocks import profiles_hidden_from
from apps.members.querysets.directory import IN_TURN, Search
from apps.members.querysets.profiles import reads_as
from apps.members.querysets.skills import segments_of
from apps.projects import cards as cards_of_projects
from apps.projects.models import Project

from . import country
from .models import Page

MOST = 8


@dataclass(frozen=True)
class Hit:
    """One line of what was found; a language is "" where it is the page's own."""

    title: str
    url: str
    text: str
    title_language: str = ""
    text_language: str = ""
    note: str = ""  # "Only in English"
    state: str = ""  # "" while it is public


@dataclass(frozen=True)
class Source:
    """One kind of result: its heading, the first hits, how many there are and where all of them stand."""

    label: str
    hits: list
    kind: str
    total: int
    url: str = ""


def everywhere(text: str, user) -> list[Source]:
    """Search every source; a source without a match is left out."""
    asked = (_countries, _projects, _pages, _people) if text.strip() else ()
    sources = [ask(text, user) for ask in asked]
    return [source for source in sources if source.hits]


def _countries(text, user) -> Source:
    """Countries where something happens, by their name in any of the four languages."""
    typed = words(text)
    codes = set()
    for language, _name in settings.LANGUAGES if typed else ():
        with override(language):
            names = vocabulary.words("countries").by_code
        codes |= {code for code, word in names.items() if is_named(word.name, typed)}
    found = [place for place in country.places(user) if place.code in codes] if codes else []
    hits = [Hit(place.name, place.url, _told(place)) for place in found[:MOST]]
    return Source(_("Countries"), hits, "countries", len(found), reverse("portal:countries"))


def is_named(name: str, typed: list[str]) -> bool:
    """Does each typed word begin a word of the name?"""
    parts = words(name)
    return all(any(part.startswith(word) for part in parts) for word in typed)


def _told(place) -> str:
    lives = _("%(projects)s with the diaspora that lives there") % {"projects": place.told_of_residents}
    return "; ".join([*([place.told_of_action] if place.here else []), *([lives] if place.of_residents else [])])


def _projects(text, user) -> Source:
    projects = Project.objects.visible_to(user).search(text)
    found = list(projects.for_list()[: MOST + 1])
    total = len(found) if len(found) <= MOST else projects.count()
    url = f"{reverse('projects:project-list')}?{urlencode({'q': text})}"
    return Source(_("Projects"), [_hit(project) for project in found[:MOST]], "projects", total, url)


def _hit(project: Project) -> Hit:
    """In the reader's language, or marked with the one in which there is a text."""
    own = get_language()
    title, lead = (is_read_in(project, name, own) for name in ("title", "lead"))
    return Hit(
        project.title,
        project.get_absolute_url(),
        project.lead,
        title_language="" if title == own else title,
        text_language="" if lead == own else lead,
        note=said_in(title, lead, own),
        state="" if project.is_public else str(cards_of_projects.state_in_words(project)),
    )


def said_in(title: str, lead: str, own: str) -> str:
    """What a reader of ``own`` does not get in his language; "" where he gets all."""
    if title != own:
        return _("Only in %(language)s") % {"language": _name_of(title)}
    return "" if lead == own else _("Partly only in %(language)s") % {"language": _name_of(lead)}


def _name_of(language: str) -> str:
    return get_language_info(language)["name_translated"]


def _pages(text, user) -> Source:
    found = list(Page.objects.visible_to(user).search(text)[:MOST])
    hits = [
        Hit(page.title, page.get_absolute_url(), page.lead or Truncator(strip_tags(page.body)).words(30))
        for page in found
    ]
    return Source(_("Pages"), hits, "pages", len(hits))


def _people(text, user) -> Source:
    audience, hidden = reads_as(user), profiles_hidden_from(user)
    with IN_TURN:
        search = Search(
            audience=audience,
            experts_only=audience == Audience.PUBLIC,
            segments=segments_of(text),
            language=get_language(),
            readable=bool(words(text)),
        )
        found = DirectoryEntry.objects.find(search, without=hidden)
    return Source(_("People"), cards.drawn(found.rows[:MOST]), "people", found.total)
