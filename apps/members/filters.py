"""From the query string to a search, and from what was found back to facets and chips.

`?q=nurse&field=health&field=tvet&lives=BE-VAN`: values are the taxonomy's codes, so that every view can be linked,
printed and bookmarked. A value that no longer exists is left aside, not an error: old bookmarks go on working.
"""

import re
from functools import cached_property, lru_cache

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.core.facets import Group, group
from apps.core.text import words as words_of
from apps.core.vocabulary import Word, Words, alphabetical, words

from .models import COUNTRIES, Facet, Offer
from .querysets.directory import MOST_SHOWN, ORDERS, Found, Search
from .querysets.skills import segments_of

SORTS = [("best", _("Best match")), ("name", _("Name")), ("recent", _("Recently updated"))]
LONGEST = 100  # characters of a search
DIGITS = re.compile(r"[0-9]{1,9}")


def _of(kind: str) -> dict[str, Word]:
    return words(kind).by_code


def offers() -> dict[str, Word]:
    return _offers(get_language())


@lru_cache(maxsize=8)
def _offers(language: str) -> dict[str, Word]:
    named = alphabetical(Word(offer.value, offer.code, str(offer.label)) for offer in Offer)
    return {word.code: word for word in named}


def places() -> dict[str, Word]:
    """Where people live: Belgium's provinces by their own code, everything else by country."""
    return _places(words("countries"), words("regions"))


@lru_cache(maxsize=8)
def _places(countries: Words, regions: Words) -> dict[str, Word]:
    abroad = [word._replace(id=COUNTRIES + word.id) for code, word in countries.by_code.items() if code != "BE"]
    belgian = [word for code, word in regions.by_code.items() if code.startswith("BE-")]
    return {word.code: word for word in alphabetical([*abroad, *belgian])}


FACETS = {
    "field": (Facet.SECTOR, _("Field"), lambda: _of("sectors")),
    "connected": (Facet.TIE, _("Connected to"), lambda: _of("countries")),
    "lives": (Facet.LIVES, _("Lives in"), places),
    "speaks": (Facet.LANGUAGE, _("Languages"), lambda: _of("languages")),
    "offers": (Facet.OFFER, _("Offers"), offers),
}


class DirectoryFilter:
    """What the query string asks. Read by hand: a form made for every request costs more than the search itself."""

    def __init__(self, query: QueryDict):
        self.query = query

    @property
    def text(self) -> str:
        """What was typed, as far as a search reads it."""
        return self.query.get("q", "").strip()[:LONGEST]

    @property
    def page(self) -> int:
        """The page asked for; the first where no number stands."""
        digits = self.query.get("page", "")
        return min(max(int(digits), 1), MOST_SHOWN) if DIGITS.fullmatch(digits) else 1

    @cached_property
    def chosen(self) -> dict[str, list[Word]]:
        """The selected words of each facet, unknown codes left aside."""
        return {
            name: [known[code] for code in self.query.getlist(name) if code in known]
            for name, known in ((name, vocabulary()) for name, (_kind, _label, vocabulary) in FACETS.items())
        }

    def search(self, *, audience: int, experts_only: bool) -> Search:
        order = self.query.get("sort")
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
            order=order if order in ORDERS else "best",
            page=self.page,
        )

    def groups(self, found: Found) -> list[Group]:
        """The facets with their counts: what is chosen, then the most frequent."""
        chosen = self.chosen
        return [
            group(
                name,
                str(label),
                vocabulary(),
                found.counts,
                start=kind.token(0),
                checked={word.code for word in chosen[name]},
                sampled=kind in found.sampled,
            )
            for name, (kind, label, vocabulary) in FACETS.items()
        ]
