"""Who reads much: openings of profiles on the portal's pages, and what the audit knows of staff's readings."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from django.apps import apps
from django.db.models import Count
from django.utils.timezone import now

from apps.core.models import AuditEntry

DAYS = 30
MOST = 50


@dataclass
class Reader:
    number: int  # of the account
    user: object = None
    pages: int = 0  # opened as members open them
    readings: Counter[str] = field(default_factory=Counter)  # the audit's verb without "read." → times

    @property
    def total(self) -> int:
        """How many people's data was opened; a list counts as one."""
        return self.pages + sum(self.readings.values())


def readers(days: int = DAYS, most: int = MOST) -> list[Reader]:
    """Those who opened most in the last days, the most first; three queries."""
    since = now() - timedelta(days=days)
    found: dict[int, Reader] = {}
    openings = apps.get_model("members", "profileopening").objects.filter(day__gte=since.date())
    for number, pages in openings.values_list("reader").annotate(n=Count("pk")).order_by():
        found.setdefault(number, Reader(number)).pages = pages
    for number, verb, times in AuditEntry.objects.readings().since(since).by_reader():
        found.setdefault(number, Reader(number)).readings[verb.partition(".")[2]] = times
    much = sorted(found.values(), key=lambda reader: (-reader.total, reader.number))[:most]
    users = apps.get_model("members", "user").objects.in_bulk([reader.number for reader in much])
    for reader in much:
        reader.user = users.get(reader.number)
    return much
