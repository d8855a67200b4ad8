"""What indicators can be counted from: upper apps name their records in the slot ``indicator.counters``.

An upper app registers a function that yields counters; an indicator whose ``counter`` is the key of one is counted from
its records and never typed::

    slots.register("indicator.counters", lambda request, obj: [Counter("missions.assignments", …)])
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.functional import Promise

from apps.core import slots

SLOT = "indicator.counters"


@dataclass(frozen=True)
class Counter:
    key: str  # "<app>.<records>", as it stands in Indicator.counter
    label: str | Promise  # the records in words, for staff: "Experts who moved"
    #: the records as they stood at the end of that day
    records: Callable[[date], QuerySet]
    #: the way from a record to the number of its project: "mission__project_id"
    project: str
    #: a record for the team's list: its text, and the address where staff open it ("" for none)
    told: Callable[[Any], tuple[str, str]] = lambda record: (str(record), "")
    #: then the public learns no number below five, and none of today
    counts_people: bool = False

    def numbers(self, projects: Iterable[int], at: date) -> dict[int, int]:
        """How many records each project had at the end of that day: one query, whatever the number of projects."""
        found = self.records(at).order_by().filter(**{f"{self.project}__in": set(projects)})
        counted = found.values_list(self.project).annotate(number=Count("pk", distinct=True))
        return dict(counted.values_list(self.project, "number"))

    def seen_by(self, user, project: int, at: date) -> QuerySet:
        """The records behind one number, as far as this user may see them."""
        found = self.records(at).filter(**{self.project: project})
        found = found.visible_to(user) if hasattr(found, "visible_to") else found
        return found.order_by("pk").distinct()


def counters() -> dict[str, Counter]:
    """Every counter there is, by its key."""
    return {counter.key: counter for counter in slots.fill(SLOT, None, None)}
