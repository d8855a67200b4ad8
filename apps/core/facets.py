"""Lists that narrow: facets with their counts, chips of what is chosen, links to further pages.

Values in the query string are codes (`?field=health&field=tvet`), so that every view can be linked, printed and
bookmarked. A value that no longer exists is left aside, not an error: old bookmarks go on working.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import django_filters
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from .vocabulary import Word

MOST_OPTIONS = 12


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    count: int
    checked: bool


@dataclass(frozen=True)
class Group:
    """One facet as the page shows it; ``name`` is its parameter."""

    name: str
    label: str
    options: tuple[Option, ...]
    more: int = 0  # options left out because the list would be long
    sampled: bool = False  # counted among the first 1,000 matches only


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    current: bool = False


class CodesField(forms.MultipleChoiceField):
    def clean(self, value):
        return value or []


class CodesFilter(django_filters.MultipleChoiceFilter):
    field_class = CodesField


def group(
    name: str,
    label: str,
    known: Mapping[str, Word],
    counts: Mapping[int, int],
    *,
    start: int,
    checked: Collection[str],
    sampled: bool = False,
) -> Group:
    """A facet's options: what is chosen, then the most frequent, then by name, as the vocabulary stands.

    ``counts`` is by token: ``start`` and the word's number.
    """
    options = [
        Option(code, word.name, counts.get(start + word.id, 0), code in checked)
        for code, word in known.items()
        if start + word.id in counts or code in checked
    ]
    options.sort(key=lambda option: (not option.checked, -option.count))
    return Group(name, label, tuple(options[:MOST_OPTIONS]), max(0, len(options) - MOST_OPTIONS), sampled)


def without(query: QueryDict, name: str, value: str | None = None) -> str:
    """The query string without one value, and back on the first page."""
    kept = [
        (key, given)
        for key, values in query.lists()
        for given in values
        if key != "page" and (key != name or (value is not None and given != value))
    ]
    return "?" + urlencode(kept)


def to_continue(query: QueryDict) -> str:
    """The query string without its page, ready for one more parameter."""
    rest = without(query, "page")
    return rest if rest == "?" else f"{rest}&"


def chips(query: QueryDict, text: str, chosen: Mapping[str, list[Word]]) -> list[Link]:
    """What the reader has chosen, each with the link that takes it away again."""
    found = [Link(_("“%(text)s”") % {"text": text}, without(query, "q"))] if text else []
    return found + [
        Link(word.name, without(query, name, word.code)) for name, given in chosen.items() for word in given
    ]


def pager(query: QueryDict, page: int, pages: int) -> dict:
    """Links by number, and to the neighbours."""
    start = to_continue(query)

    def link(number: int) -> Link:
        return Link(str(number), f"{start}page={number}", number == page)

    near = sorted({1, *range(max(1, page - 2), min(pages, page + 2) + 1), pages})
    return {
        "pages": [link(number) for number in near] if pages > 1 else [],
        "previous": link(page - 1) if page > 1 else None,
        "next": link(page + 1) if page < pages else None,
    }
