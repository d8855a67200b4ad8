"""The taxonomy's names by id and by code, held in memory for a minute.

Lists resolve dozens of names a page; asking the database each time would cost more than the page itself. A name
that staff change is on every page within the minute; names are nobody's secret.
"""

from dataclasses import dataclass
from time import monotonic
from typing import NamedTuple

from django.utils.translation import get_language

from .models import Country, Language, Region, Sector

MINUTE = 60
SOURCES = {
    "sectors": (Sector, "slug"),
    "countries": (Country, "code"),
    "regions": (Region, "code"),
    "languages": (Language, "code"),
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
    """Return the words of "sectors", "countries", "regions" or "languages" in the reader's language."""
    key = (kind, get_language() or "en")
    until, known = _kept.get(key, (0, None))
    if known is None or monotonic() > until:
        known = _load(*SOURCES[kind], key[1])
        _kept[key] = (monotonic() + MINUTE, known)
    return known


def forget() -> None:
    """Drop what is held, so that the next question asks the database."""
    _kept.clear()


def _load(model, code: str, language: str) -> Words:
    rows = [Word(*row) for row in model.objects.values_list("id", code, f"name_{language}")]
    return Words({word.id: word for word in rows}, {word.code: word for word in rows})
