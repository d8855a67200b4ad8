"""What an indicator aimed at and what was achieved: the one answer for the page, the desk and the donor report."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from .counters import Counter, counters
from .models import Bound, Figure, Indicator, Source
from .querysets.indicators import IndicatorQuerySet

FEWEST = 5  # people: fewer are not told to the public


@dataclass(frozen=True)
class Number:
    """One indicator at one day. ``value`` is None while nothing is known, and where it may not be told (``is_few``)."""

    indicator: Indicator
    at: date
    value: int | None = None
    bound: str = Bound.EXACTLY
    counter: Counter | None = None  # counted from these records
    figure: Figure | None = None  # or else reported by a source
    is_few: bool = False

    @property
    def is_counted(self) -> bool:
        return self.counter is not None

    @property
    def target(self) -> int | None:
        return self.indicator.target

    @property
    def source(self) -> Source | None:
        return self.figure.source if self.figure else None

    @property
    def is_behind(self) -> bool:
        """There is a target, and what is known is short of it."""
        if self.target is None or self.value is None:
            return self.target is not None and not self.is_few
        reached = self.value + (self.bound == Bound.MORE_THAN)  # more than 100 is 101 at least
        return reached < self.target + (self.indicator.bound == Bound.MORE_THAN)

    @property
    def per_cent(self) -> int | None:
        """How much of the target, at most 100: for a bar."""
        return min(100, 100 * self.value // self.target) if self.target and self.value is not None else None

    @property
    def url(self) -> str:
        """Where the number opens: its records for the team, the count and its sources for everybody."""
        return reverse("projects:number", args=[self.indicator.pk])

    # --- in words -----------------------------------------------------------------------------------------------------
    @property
    def target_text(self) -> str:
        """Return "20", "at least 10", "more than 100"; "" without a target."""
        return "" if self.target is None else in_words(self.target, self.indicator.bound)

    @property
    def text(self) -> str:
        """Return "37", "more than 100", "fewer than 5"; "" while nothing is known."""
        if self.is_few:
            return _("fewer than %(number)s") % {"number": FEWEST}
        return "" if self.value is None else in_words(self.value, self.bound)

    @property
    def basis(self) -> str:
        """How it is known: "counted on 5 October 2019", "reported in October 2019"."""
        if self.is_counted:
            return _("counted on %(day)s") % {"day": date_format(self.at, _("j F Y"))}
        return reported(self.figure) if self.figure else _("not known yet")


def achieved(indicators: IndicatorQuerySet, *, at: date, in_full: bool = False) -> list[Number]:
    """Return the number of each indicator as it stood at the end of that day, in the order of the indicators.

    One query for the indicators with their reported figures, and one for each counter that is used. ``in_full`` is for
    the team of every project in question: others learn no small numbers of people, and none of today.
    """
    rows = list(indicators.with_figures(at))
    known, projects = counters(), defaultdict(set)
    for row in rows:
        if row.counter in known:
            projects[row.counter].add(row.project_id)
    days = {key: at if in_full else _public_day(known[key], at) for key in projects}
    counted = {key: known[key].numbers(projects[key], days[key]) for key in projects}
    return [
        _counted(row, known[row.counter], days[row.counter], counted[row.counter].get(row.project_id, 0), in_full)
        if row.counter in counted
        else _reported(row, at)
        for row in rows
    ]


def _public_day(counter: Counter, at: date) -> date:
    """A number of people is never fresher than yesterday: else who came today could be told from the difference."""
    return min(at, localdate() - timedelta(days=1)) if counter.counts_people else at


def _counted(indicator, counter, at, value, in_full) -> Number:
    if counter.counts_people and not in_full and value < FEWEST:
        return Number(indicator, at, counter=counter, is_few=True)
    return Number(indicator, at, value, counter=counter)


def _reported(indicator, at) -> Number:
    if not indicator.newest:
        return Number(indicator, at)
    told = dict(indicator.newest)
    figure = Figure(**told | {"on": told["on"] and date.fromisoformat(told["on"]), "source": Source(**told["source"])})
    return Number(indicator, at, figure.value, figure.bound, figure=figure)


# --- words ------------------------------------------------------------------------------------------------------------
def in_words(number: int, bound: str) -> str:
    """Return the number as it is meant: "37", "at least 10"."""
    written = number_format(number, force_grouping=True)
    match bound:
        case Bound.AT_LEAST:
            return _("at least %(number)s") % {"number": written}
        case Bound.MORE_THAN:
            return _("more than %(number)s") % {"number": written}
    return written


def reported(figure: Figure) -> str:
    """Say when, as exactly as it is known."""
    if figure.on is None:
        return _("reported in a source without a date")
    match figure.precision:
        case Figure.Precision.YEAR:
            return _("reported in %(time)s") % {"time": figure.on.year}
        case Figure.Precision.MONTH:
            return _("reported in %(time)s") % {"time": date_format(figure.on, _("F Y"))}
    return _("reported on %(day)s") % {"day": date_format(figure.on, _("j F Y"))}
