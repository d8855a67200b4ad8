"""What a list and a search need of a project, gathered from the tables around it; called by every write."""

from django.conf import settings
from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import Value
from django.utils.html import strip_tags
from django.utils.timezone import localdate

from apps.core.models import Country, Sector

from ..models import Facet, Project, ProjectCount, ProjectText
from ..querysets.finding import SPAN

LANGUAGES = [code for code, _name in settings.LANGUAGES]
STATUSES = list(Project.Status)
STRANDS = list(Project.Strand)


@transaction.atomic
def index(*, project: Project) -> None:
    """Write the project's facets and years anew, and its words in each language that it has a title in."""
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    periods = list(project.periods.order_by("first_year").values_list("first_year", "last_year"))
    countries, residences = list(project.countries.all()), list(project.residences.all())
    sectors = list(project.sectors.all())
    tokens = [Facet.STATUS.token(STATUSES.index(project.status))]
    tokens += [Facet.COUNTRY.token(country.pk) for country in countries]
    tokens += [Facet.RESIDENCE.token(country.pk) for country in residences]
    tokens += [Facet.SECTOR.token(sector.pk) for sector in sectors]
    tokens += [Facet.YEAR.token(year) for year in _spans(periods)]
    tokens += [Facet.STRAND.token(STRANDS.index(strand)) for strand in project.strands]
    Project.objects.filter(pk=project.pk).update(
        facets=tokens, years=periods, sort_year=max((last or first for first, last in periods), default=0)
    )
    ProjectText.objects.filter(project=project).delete()
    own = _own_rows(project)
    for language in LANGUAGES:
        if getattr(project, f"title_{language}"):
            document = _document(project, own, [*countries, *residences, *sectors], language)
            ProjectText.objects.create(project=project, language=language, document=document)


def index_all() -> int:
    """Index every project anew: a term was renamed, or a new year has begun. Returns how many there are."""
    projects = Project.objects.order_by("pk")
    for project in projects:
        index(project=project)
    fold_counts()
    return len(projects)


def fold_counts() -> None:
    """Keep the table of counts small: its triggers only ever add rows, so that nobody who saves waits for another."""
    ProjectCount.objects.fold()


def _spans(periods: list) -> list[int]:
    """The first years of the spans that the periods touch; one whose end is not known reaches to this year."""
    this_year = localdate().year
    years = {year for first, last in periods for year in range(first, (last or max(first, this_year)) + 1)}
    return sorted({year - (year - 1) % SPAN for year in years})


def _own_rows(project) -> dict[str, list]:
    """The rows whose texts are searched, by weight; what is for the team only is not among them."""
    organisations = [partner.organisation for partner in project.partnerships.select_related("organisation")]
    documents = list(project.documents.filter(is_public=True))
    return {
        "C": [*organisations, *project.sections.all(), *project.phases.all()],
        "D": [*documents, *project.videos.all(), *project.indicators.all(), *project.deliverables.all()],
    }


TEXTS = ["name", "heading", "title", "body", "text", "label", "planned", "delivered"]


def _document(project, own: dict[str, list], terms: list[Country | Sector], language: str):
    names = [getattr(term, f"name_{language}") or term.name_en for term in terms]
    texts = {
        "A": getattr(project, f"title_{language}"),
        "B": " ".join([getattr(project, f"lead_{language}") or "", *names]),
        **{weight: " ".join(_texts(rows, language)) for weight, rows in own.items()},
    }
    vector = None
    for weight, text in texts.items():
        for config in ("portal_simple", f"portal_{language}"):
            part = SearchVector(Value(text), config=config, weight=weight)
            vector = part if vector is None else vector + part
    return vector


def _texts(rows: list, language: str):
    for row in rows:
        for name in TEXTS:
            if text := getattr(row, f"{name}_{language}", ""):
                yield strip_tags(text.replace("<", " <"))
