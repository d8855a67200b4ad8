"""The taxonomy's names by id and by code, held in memory for a minute.

Lists resolve dozens of names a page; asking the database each time would cost more than the page itself. A name
that staff change is on every page within the minute; names are nobody's secret.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic
from typing import NamedTuple

from django.utils.translation import get_language

from .models import Country, Language, Region, Sector, Skill
from .text import fold

MINUTE = 60
SOURCES = {
    "sectors": (Sector, "slug"),
    "countries": (Country, "code"),
    "regions": (Region, "code"),
    "languages": (Language, "code"),
    "skills": (Skill, "slug"),
}
_kept: dict[tuple[str, str], tuple[float, "Words"]] = {}


class Word(NamedTuple):
    id: int
    code: str
    name: str


@dataclass(frozen=True, eq=False)  # compared and hashed by identity, so that what is made from it can be kept too
class Words:
    by_id: dict[int, Word]
    by_code: dict[str, Word]


def words(kind: str) -> Words:
    """Return the words of "sectors", "countries", "regions", "languages" or "skills" in the reader's language."""
    key = (kind, get_language() or "en")
    until, known = _kept.get(key, (0, None))
    if known is None or monotonic() > until:
        fresh = _load(*SOURCES[kind], key[1])
        known = known if known and known.by_id == fresh.by_id else fresh  # what is made from the old one is still right
        _kept[key] = (monotonic() + MINUTE, known)
    return known


def named(kind: str, numbers: Iterable[int | None]) -> list[Word]:
    """Return the words of these ids, in their order; None and what is gone name nothing. A new word is read at once."""
    wanted = [number for number in numbers if number is not None]
    known = words(kind).by_id
    if any(number not in known for number in wanted):
        forget()
        known = words(kind).by_id
    return [known[number] for number in wanted if number in known]


def alphabetical(some: Iterable[Word]) -> list[Word]:
    """By name in the reader's alphabet, accents and case aside; what ``words`` returns stands so already."""
    return sorted(some, key=lambda word: (fold(word.name), word.name))


def forget() -> None:
    """Drop what is held, so that the next question asks the database."""
    _kept.clear()


def _load(model, code: str, language: str) -> Words:
    own = f"name_{language}"
    found = model.objects.values("id", code, own, "name_en")
    rows = alphabetical(Word(row["id"], row[code], row[own] or row["name_en"] or "") for row in found)
    return Words({word.id: word for word in rows}, {word.code: word for word in rows})
