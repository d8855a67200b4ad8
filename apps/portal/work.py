"""The home page's "At work since 2001": a line of years and four figures, from the records of public projects.

What is chosen, counted and named is held for a minute, for every visitor passes here. Each time it is only asked which
of the chosen projects are public and when they were changed: what is withdrawn or renamed is so at once.
"""

from functools import lru_cache
from time import monotonic
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.core.translated import is_read_in
from apps.projects import cards
from apps.projects.models import Facet, Partnership, Project

MINUTE = 60
MOST = 6  # projects in the line
HOST = Q(role=Partnership.Role.HOST)
_kept: dict[str, tuple[float, "Counted"]] = {}


class Counted(NamedTuple):
    at: float  # the moment
    line: tuple[int, ...]  # projects, by the year in which they began
    since: int | None  # the first of these years
    numbers: dict[str, int]


class Year(NamedTuple):
    """A step of components/years.html."""

    year: int
    title: str
    url: str
    text: str
    language: str  # of the title, "" where it is the page's own


class Fact(NamedTuple):
    """A figure of components/stats.html."""

    number: int
    label: str


def years() -> tuple[Year, ...]:
    """Where the year in which a project began is known: what began first, and then what began last, up to six."""
    counted = _counted()
    if not counted.line:
        return ()
    stand = dict(Project.objects.published().filter(pk__in=counted.line).values_list("pk", "changed_at"))
    rows = tuple((number, stand[number]) for number in counted.line if number in stand)
    return _told(counted.at, get_language(), rows)


@lru_cache(maxsize=50)
def _told(counted_at: float, language: str, rows: tuple) -> tuple[Year, ...]:
    found = Project.objects.for_list().in_bulk([number for number, _changed in rows])
    return tuple(_year(found[number]) for number, _changed in rows if found[number].years)


def facts() -> tuple[Fact, ...]:
    """What is counted; nothing is said of what there is none of."""
    numbers = _counted().numbers
    labels = {
        "projects": _("projects with diaspora communities"),
        "countries": _("countries of action"),
        "hosts": _("host institutions"),
        "partners": _("donors and partners"),
    }
    return tuple(Fact(numbers[name], label) for name, label in labels.items() if numbers.get(name))


def since() -> int | None:
    """The year in which the first project began, as far as one is known."""
    return _counted().since


def forget() -> None:
    """Drop what is held, so that the next visitor's page counts anew."""
    _kept.clear()


def _counted() -> Counted:
    until, counted = _kept.get("home", (0, None))
    if counted is None or monotonic() > until:
        counted = _count()
        _kept["home"] = (monotonic() + MINUTE, counted)
    return counted


def _count() -> Counted:
    public = Project.objects.published()
    begun = list(public.by_first_year().values_list("pk", flat=True))
    tokens, told = public.by_token(), public.in_all()
    numbers = {
        "projects": told["number"],
        "countries": sum(cards.KIND * Facet.COUNTRY <= token < cards.KIND * (Facet.COUNTRY + 1) for token in tokens),
        **Partnership.objects.filter(project__in=public).aggregate(
            hosts=Count("organisation", distinct=True, filter=HOST),
            partners=Count("organisation", distinct=True, filter=~HOST),
        ),
    }
    return Counted(monotonic(), tuple(begun[:1] + begun[1:][-(MOST - 1) :]), told["since"], numbers)


def _year(project: Project) -> Year:
    language = is_read_in(project, "title", get_language())
    return Year(
        year=project.years[0][0],
        title=project.title,
        url=project.get_absolute_url(),
        text=", ".join(cards.names(project, Facet.COUNTRY, "countries")),
        language="" if language == get_language() else language,
    )
