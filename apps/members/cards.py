"""The directory's page as people read it: cards with names instead of ids, chips, page links, counts for the maps.

Stands beside `filters.py` and, like it, knows the query string but no request and no database.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import get_language

from apps.core.facets import to_continue, without
from apps.core.vocabulary import Word, Words, words

from .filters import FACETS
from .models import Offer
from .querysets.directory import Found

ON_A_CARD = 4  # names of a kind; more would make a wall


@dataclass(frozen=True)
class Card:
    """One person in a list."""

    id: str
    name: str
    other_name: str
    headline: str
    lives: str
    ties: str
    languages: str
    sectors: list[str]
    offers: list[str]
    available: date | None
    now: bool
    photo: bool


def drawn(rows: list[str]) -> list[SafeString]:
    """Turn stored cards, as their JSON text, into HTML.

    A card's HTML follows from its text, the reader's language and the day alone, and each is kept: nothing can go
    stale, for what a person has changed is another text.
    """
    language, today = get_language(), localdate()
    vocabulary = tuple(words(kind) for kind in ("sectors", "countries", "regions", "languages"))
    return [_drawn(row, language, today, vocabulary) for row in rows]


@lru_cache(maxsize=2_000)
def _drawn(text: str, language: str, today: date, vocabulary: tuple[Words, ...]) -> SafeString:
    return render_to_string("components/person.html", {"person": _card(json.loads(text), today, *vocabulary)})


def _card(row: dict, today: date, sectors: Words, countries: Words, regions: Words, languages: Words) -> Card:
    sectors, countries, regions, languages = sectors.by_id, countries.by_id, regions.by_id, languages.by_id
    day = date.fromisoformat(row["from"]) if row["from"] else None
    return Card(
        id=row["id"],
        name=row["name"],
        other_name=row.get("other_name", ""),
        headline=row["headline"],
        lives=row["place"] or _name(regions, row["region"]) or _name(countries, row["country"]),
        ties=_list(countries, row["ties"]),
        languages=_list(languages, row["languages"]),
        sectors=[sectors[number].name for number in row["sectors"] if number in sectors][:ON_A_CARD],
        offers=[str(Offer(number).label) for number in row["offers"]],
        available=day,
        now=bool(row["offers"]) and day is not None and day <= today,
        photo=row["photo"],
    )


def _name(known: dict[int, Word], number: int | None) -> str:
    return known[number].name if number in known else ""


def _list(known: dict[int, Word], numbers: list[int]) -> str:
    names = [known[number].name for number in numbers if number in known]
    return ", ".join(names[:ON_A_CARD])


def sampled(found: Found) -> dict[str, bool]:
    """By the name of a facet: are its counts of the first 1,000 people only?"""
    return {name: kind in found.sampled for name, (kind, *_how) in FACETS.items()}


def for_map(query: QueryDict, found: Found, name: str) -> dict:
    """The arguments of a map: people by code, names, the link that filters by a place, the places chosen."""
    kind, _label, vocabulary = FACETS[name]
    known, start = vocabulary(), kind.token(0)
    return {
        "counts": {code: n for code, word in known.items() if (n := found.counts.get(start + word.id))},
        "names": {code: word.name for code, word in known.items()},
        "link": _toggles(query, name),
        "selected": query.getlist(name),
    }


def _toggles(query: QueryDict, name: str) -> Callable[[str], str]:
    """The link that adds a place to the query, or takes it away again; asked for every place of a map."""
    chosen = query.getlist(name)
    start = to_continue(query)

    def link(code: str) -> str:
        return without(query, name, code) if code in chosen else f"{start}{name}={code}"

    return link
