"""What a list and a search need of a project, gathered from the tables around it; called by every write."""

from django.db import transaction

from ..models import Facet, Project

STATUSES = list(Project.Status)
STRANDS = list(Project.Strand)


@transaction.atomic
def index(*, project: Project) -> None:
    """Write the project's facets and years anew."""
    periods = list(project.periods.order_by("first_year").values_list("first_year", "last_year"))
    tokens = [Facet.STATUS.token(STATUSES.index(project.status))]
    tokens += [Facet.COUNTRY.token(pk) for pk in project.countries.values_list("pk", flat=True)]
    tokens += [Facet.RESIDENCE.token(pk) for pk in project.residences.values_list("pk", flat=True)]
    tokens += [Facet.SECTOR.token(pk) for pk in project.sectors.values_list("pk", flat=True)]
    tokens += [Facet.STRAND.token(STRANDS.index(strand)) for strand in project.strands]
    Project.objects.filter(pk=project.pk).update(
        facets=tokens,
        years=periods,
        sort_year=max((last or first for first, last in periods), default=0),
    )
