"""Search over all sources: each app's own words, so that what a reader may not see no search of his can match."""

from dataclasses import dataclass

from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.core.text import words
from apps.members import cards
from apps.members.models import Audience, DirectoryEntry
from apps.members.querysets.blocks import profiles_hidden_from
from apps.members.querysets.directory import Search
from apps.members.querysets.profiles import reads_as
from apps.members.querysets.skills import segments_of

from .models import Page

MOST = 8


@dataclass(frozen=True)
class Hit:
    title: str
    url: str
    text: str


@dataclass(frozen=True)
class Source:
    """One kind of result: its heading, the first hits, and where to see all."""

    label: str
    hits: list
    kind: str
    total: int


def everywhere(text: str, user) -> list[Source]:
    """Search every source; a source without a match is left out."""
    sources = [_pages(text, user), _people(text, user)] if text.strip() else []
    return [source for source in sources if source.hits]


def _pages(text, user) -> Source:
    found = list(Page.objects.visible_to(user).search(text)[:MOST])
    hits = [
        Hit(page.title, page.get_absolute_url(), page.lead or Truncator(strip_tags(page.body)).words(30))
        for page in found
    ]
    return Source(_("Pages"), hits, "pages", len(hits))


def _people(text, user) -> Source:
    audience = reads_as(user)
    found = DirectoryEntry.objects.find(
        Search(
            audience=audience,
            experts_only=audience == Audience.PUBLIC,
            segments=segments_of(text),
            language=get_language(),
            readable=bool(words(text)),
        ),
        without=profiles_hidden_from(user),
    )
    return Source(_("People"), cards.drawn(found.rows[:MOST]), "people", found.total)
