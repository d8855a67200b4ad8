"""Rows of a member's profile, of which he keeps several: work, study, times when he is free, links."""

from collections.abc import Iterable

from django.db import transaction

from ..models import User
from .profiles import locked, told

#: how many rows of a kind a profile holds
MOST = 20


@transaction.atomic
def save_career(*, user: User, occupations: Iterable[dict], degrees: Iterable[dict]) -> None:
    """Save work and study; for what a row holds see ``_save_rows``."""
    profile = locked(user)
    _save_rows(profile.occupations, occupations)
    _save_rows(profile.degrees, degrees)
    profile.save()
    told(profile, "career")


@transaction.atomic
def save_availability(*, user: User, windows: Iterable[dict]) -> None:
    profile = locked(user)
    _save_rows(profile.availabilities, windows, many="countries")
    profile.save()
    told(profile, "availability")


@transaction.atomic
def save_links(*, user: User, links: Iterable[dict]) -> None:
    """Save links, each row with ``id``, ``remove``, ``label`` and ``url``; an address stands once.

    A row whose link was taken away meanwhile stays away, unless its address stands there under another number.
    """
    profile = locked(user)
    links, there = list(links), profile.links.in_bulk()
    urls = {link.url for link in there.values()}
    profile.links.filter(pk__in=[row["id"] for row in links if row["id"] in there]).delete()  # two may change places
    for row in links:
        pk, url = row["id"], row.get("url")
        if row.get("remove") or not (pk is None or pk in there or url in urls):
            continue
        if profile.links.count() < MOST or profile.links.filter(url=url).exists():
            label = {"label": row["label"]}
            profile.links.update_or_create(
                url=url, defaults=label, create_defaults=label | ({"pk": pk} if pk in there else {})
            )
    profile.save()
    told(profile, "links")


def _save_rows(own, rows: Iterable[dict], many: str = "") -> None:
    """Change the rows that have an ``id``, take away those marked ``remove``, add the others.

    A new row that is there already is a second click, and one that was taken away meanwhile stays away. ``many``
    names a field that holds several words.
    """
    there = own.in_bulk()
    for row in rows:
        row = dict(row)
        pk, remove = row.pop("id", None), row.pop("remove", False)
        words = set(row.pop(many, ())) if many else set()
        if pk is None:
            if not remove and own.count() < MOST and not _is_there(own, row, many, words):
                _keep(own.model(profile=own.instance), row, many, words)
        elif pk in there and remove:
            there[pk].delete()
        elif pk in there:
            _keep(there[pk], row, many, words)


def _is_there(own, row: dict, many: str, words: set) -> bool:
    same = own.filter(**row)
    return any(set(getattr(other, many).all()) == words for other in same) if many else same.exists()


def _keep(record, row: dict, many: str, words: set) -> None:
    for name, value in row.items():
        setattr(record, name, value)
    record.save()
    if many:
        getattr(record, many).set(words)
