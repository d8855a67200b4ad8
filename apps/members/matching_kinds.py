"""The kinds of things that look for people. The app that owns one registers it when it gets ready.

Members knows neither calls nor assignments: it keeps what they ask for, and asks the kind how a thing is called and
where it stands.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Described(NamedTuple):
    title: str
    url: str


class UnknownKind(LookupError):
    """Nobody registered a kind of this name."""


@dataclass(frozen=True)
class Kind:
    name: str  # "<app>.<thing>"
    title: str  # "Call", before the title of the thing
    describe: Callable[[list[int]], Mapping[int, Described]]  # in the reader's language, without what nobody may see
    for_members: bool = True  # members are told what fits them; False: only staff look for candidates


_kinds: dict[str, Kind] = {}


def register(name: str, **how) -> Kind:
    """Make a kind known. ``how`` are the fields of `Kind`; the same name again replaces it."""
    _kinds[name] = Kind(name, **how)
    return _kinds[name]


def get(name: str) -> Kind:
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(name) from None


def forget(name: str) -> None:
    """Drop a kind that a test has made."""
    _kinds.pop(name, None)


def for_members() -> list[str]:
    return [kind.name for kind in _kinds.values() if kind.for_members]


def described(things) -> dict[tuple[str, int], Described]:
    """How the things of these sets of criteria are called: one question a kind."""
    ids: dict[str, list[int]] = {}
    for criteria in things:
        ids.setdefault(criteria.kind, []).append(criteria.about_id)
    return {
        (kind, pk): words
        for kind, pks in ids.items()
        if kind in _kinds
        for pk, words in _kinds[kind].describe(pks).items()
    }
