"""What happens for one country: the parts of its page, and the countries where there are any.

A part is a function of a `Country`, in the list at the end; it returns None where it has nothing to tell, and costs a
fixed number of queries. A country without a part has no page: calls, events and whatever else an app brings for a
country come as further parts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from apps.core import maps, timeline
from apps.core.translated import is_read_in
from apps.core.vocabulary import Word, Words, words
from apps.members.models import Follow
from apps.projects import cards, numbers
from apps.projects.models import Facet, Indicator, Project
from apps.projects.numbers import Number

MOST = 24  # projects of one list; the list of projects has all


# --- addresses --------------------------------------------------------------------------------------------------------
def address(code: str) -> str:
    """The page of a country, by its ISO code."""
    return reverse("portal:country", args=[_slugs(_english())[code]])


def of_slug(slug: str) -> Word | None:
    """The country of an address, in the reader's language; a word, for its page has yet to be asked what happens."""
    code = next((code for code, known in _slugs(_english()).items() if known == slug), "")
    return words("countries").by_code.get(code)


def _english() -> Words:
    """Addresses are the same in every language: they are made of the English names."""
    with override("en"):
        return words("countries")


@lru_cache(maxsize=4)
def _slugs(english: Words) -> dict[str, str]:
    return {code: slugify(word.name) for code, word in english.by_code.items()}


# --- where something happens ------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Place:
    """A country where something happens for this reader, with the numbers of projects."""

    code: str
    name: str
    here: int
    of_residents: int

    @property
    def url(self) -> str:
        return address(self.code)

    @property
    def told_of_action(self) -> str:
        return in_words(self.here)

    @property
    def told_of_residents(self) -> str:
        return in_words(self.of_residents)


def places(user) -> list[Place]:
    """By name, in the reader's alphabet."""
    tokens = Project.objects.visible_to(user).by_token()
    counts = [
        Place(word.code, word.name, tokens.get(Facet.COUNTRY.token(word.id), 0), tokens.get(_lives(word), 0))
        for word in words("countries").by_code.values()
    ]
    return [place for place in counts if place.here or place.of_residents]


def drawn(found: list[Place]) -> maps.Map:
    """The countries of action on the map."""
    return maps.ties_map(
        {place.code: place.here for place in found},
        {place.code: place.name for place in found},
        address,
        title=_("Map of the countries of action with the number of projects in each"),
        said=lambda name, number: f"{name}: {in_words(number)}",
    )


def in_words(number: int) -> str:
    return ngettext("%(number)d project", "%(number)d projects", number) % {"number": number}


def _lives(word: Word) -> int:
    return Facet.RESIDENCE.token(word.id)


# --- one country ------------------------------------------------------------------------------------------------------
class Country:
    """One country for one reader; whatever parts ask of it is asked once."""

    def __init__(self, word: Word, user):
        self.word, self.user = word, user

    @property
    def name(self) -> str:
        return self.word.name

    @cached_property
    def here(self) -> list[Project]:
        """The newest projects of action."""
        return list(self._those(Facet.COUNTRY).for_list()[:MOST])

    @cached_property
    def with_residents(self) -> list[Project]:
        """The newest projects with the diaspora that lives there."""
        return list(self._those(Facet.RESIDENCE).for_list()[:MOST])

    @cached_property
    def of_action(self) -> dict:
        return self._those(Facet.COUNTRY).in_all()

    @cached_property
    def of_residents(self) -> dict:
        return self._those(Facet.RESIDENCE).in_all()

    def _those(self, facet: Facet):
        seen = Project.objects.visible_to(self.user).newest_first()
        return seen.narrowed({facet: [facet.token(self.word.id)]})

    @cached_property
    def followed(self) -> Follow | None:
        """What the reader has chosen, if he follows it."""
        return Follow.objects.of(self.user).filter(country=self.word.id).first() if self.user.is_authenticated else None

    @cached_property
    def parts(self) -> list["Part"]:
        return [part for tell in PARTS if (part := tell(self))]


@dataclass(frozen=True)
class Part:
    """A section of the page; its template knows it as ``part``."""

    anchor: str
    title: str
    template: str
    content: list
    number: int | None = None  # beside the title
    since: int | None = None  # the first year that is known
    more: str = ""  # where all of it stands


@dataclass(frozen=True)
class Row:
    """What a project aimed at and achieved."""

    name: str
    name_language: str  # "" where it is the page's own
    project: Project
    project_language: str
    number: Number


def projects_here(country: Country) -> Part | None:
    return _projects(country.here, country.of_action, "projects", _("Projects"), f"country={country.word.code}")


def projects_of_residents(country: Country) -> Part | None:
    title = _("Projects with the diaspora that lives here")
    return _projects(country.with_residents, country.of_residents, "diaspora", title, f"lives={country.word.code}")


def _projects(found: list[Project], told: dict, anchor: str, title: str, query: str) -> Part | None:
    if not found:
        return None
    rows: list[SafeString] = cards.drawn(found)
    more = f"{reverse('projects:project-list')}?{query}" if told["number"] > len(found) else ""
    return Part(anchor, title, "portal/country/_projects.html", rows, told["number"], told["since"], more)


def figures(country: Country) -> Part | None:
    """Targets and results of the projects of action, by the one function for such numbers."""
    projects = {project.pk: project for project in country.here}
    found = numbers.achieved(Indicator.objects.of_projects(projects), at=localdate()) if projects else []
    if not found:
        return None
    own, order = get_language(), list(projects)
    rows = [_row(number, projects[number.indicator.project_id], own) for number in found]
    rows.sort(key=lambda row: order.index(row.project.pk))  # and as the project has them
    return Part("figures", _("Targets and results"), "portal/country/_figures.html", rows)


def _row(number: Number, project: Project, own: str) -> Row:
    read = is_read_in(number.indicator, "name", own), is_read_in(project, "title", own)
    name, title = ("" if language == own else language for language in read)
    return Row(number.indicator.name, name, project, title, number)


def axis(country: Country) -> tuple[int, int] | None:
    """The first and the last year of the strips, if any is drawn."""
    return (
        (timeline.SINCE, timeline.until()) if any(p.years for p in [*country.here, *country.with_residents]) else None
    )


PARTS: list[Callable[[Country], Part | None]] = [projects_here, projects_of_residents, figures]
