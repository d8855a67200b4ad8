"""From the query string to a search, and from what was found back to facets and chips.

`?q=nurse&field=health&field=tvet&lives=BE-VAN`: values are the taxonomy's codes, so that every view can be linked,
printed and bookmarked. A value that no longer exists is left aside, not an error: old bookmarks go on working.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import django_filters
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.core.text import fold
from apps.core.text import words as words_of
from apps.core.vocabulary import Word, Words, words

from .models import COUNTRIES, DirectoryEntry, Facet, Offer
from .querysets.directory import MOST_SHOWN, ORDERS, Found, Search
from .querysets.skills import segments_of

SORTS = [("best", _("Best match")), ("name", _("Name")), ("recent", _("Recently updated"))]
MOST_OPTIONS = 12
LONGEST = 100  # characters of a search


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
    options: list[Option]
    more: int  # options left out because the list would be long
    sampled: bool = False  # counted among the first 1,000 people only


def _of(kind: str) -> dict[str, Word]:
    return words(kind).by_code


def offers() -> dict[str, Word]:
    return {offer.code: Word(offer.value, offer.code, str(offer.label)) for offer in Offer}


def places() -> dict[str, Word]:
    """Where people live: Belgium's provinces by their own code, everything else by country."""
    return _places(words("countries"), words("regions"))


@lru_cache(maxsize=8)
def _places(countries: Words, regions: Words) -> dict[str, Word]:
    abroad = {code: word._replace(id=COUNTRIES + word.id) for code, word in countries.by_code.items() if code != "BE"}
    return abroad | {code: word for code, word in regions.by_code.items() if code.startswith("BE-")}


FACETS = {
    "field": (Facet.SECTOR, _("Field"), lambda: _of("sectors")),
    "connected": (Facet.TIE, _("Connected to"), lambda: _of("countries")),
    "lives": (Facet.LIVES, _("Lives in"), places),
    "speaks": (Facet.LANGUAGE, _("Languages"), lambda: _of("languages")),
    "offers": (Facet.OFFER, _("Offers"), offers),
}


class CodesField(forms.MultipleChoiceField):
    def clean(self, value):
        return value or []


class CodesFilter(django_filters.MultipleChoiceFilter):
    field_class = CodesField


class DirectoryFilter(django_filters.FilterSet):
    q = django_filters.CharFilter()
    field = CodesFilter()
    connected = CodesFilter()
    lives = CodesFilter()
    speaks = CodesFilter()
    offers = CodesFilter()
    sort = django_filters.ChoiceFilter(choices=SORTS)
    page = django_filters.NumberFilter(min_value=1)

    class Meta:
        model = DirectoryEntry
        fields = []

    @cached_property
    def asked(self) -> dict:
        """The valid part of the query string."""
        self.form.is_valid()
        return self.form.cleaned_data

    @property
    def text(self) -> str:
        """What was typed, as far as a search reads it."""
        return (self.asked.get("q") or "")[:LONGEST]

    @cached_property
    def chosen(self) -> dict[str, list[Word]]:
        """The selected words of each facet, unknown codes left aside."""
        return {
            name: [known[code] for code in self.asked.get(name, []) if code in known]
            for name, known in ((name, vocabulary()) for name, (_kind, _label, vocabulary) in FACETS.items())
        }

    def search(self, *, audience: int, experts_only: bool) -> Search:
        asked = self.asked
        facets = {
            FACETS[name][0]: [FACETS[name][0].token(w.id) for w in chosen] for name, chosen in self.chosen.items()
        }
        return Search(
            audience=audience,
            experts_only=experts_only,
            segments=segments_of(self.text),
            readable=not self.text or bool(words_of(self.text)),
            language=get_language() or "en",
            facets={kind: tokens for kind, tokens in facets.items() if tokens},
            order=asked.get("sort") if asked.get("sort") in ORDERS else "best",
            page=min(int(asked.get("page") or 1), MOST_SHOWN),
        )

    def groups(self, found: Found) -> list[Group]:
        """The facets with their counts: what is chosen, then the most frequent."""
        chosen = self.chosen
        return [
            _group(name, label, vocabulary(), kind, {w.code for w in chosen[name]}, found)
            for name, (kind, label, vocabulary) in FACETS.items()
        ]


def _group(name, label, vocabulary: dict[str, Word], kind: Facet, checked: set[str], found: Found) -> Group:
    start = kind.token(0)
    options = [
        Option(code, word.name, found.counts.get(start + word.id, 0), code in checked)
        for code, word in vocabulary.items()
        if start + word.id in found.counts or code in checked
    ]
    options.sort(key=lambda option: (not option.checked, -option.count, fold(option.label)))
    more = max(0, len(options) - MOST_OPTIONS)
    return Group(name, str(label), options[:MOST_OPTIONS], more, sampled=kind in found.sampled)
