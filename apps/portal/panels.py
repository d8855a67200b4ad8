"""What portal shows on pages of the apps below."""

from apps.core.vocabulary import words
from apps.projects.models import Facet, Project
from apps.projects.querysets.finding import KIND

from . import country


def countries_of(request, project: Project) -> list[dict]:
    """Ways to the pages of a project's countries, beside its text; no query."""
    kinds = (Facet.COUNTRY, Facet.RESIDENCE)
    numbers = {token % KIND for token in project.facets if token // KIND in kinds}
    known = [
        (word.name, country.address(word.code)) for word in words("countries").by_id.values() if word.id in numbers
    ]
    return (
        [{"place": "side", "title": "", "template": "portal/country/_of_project.html", "countries": known}]
        if known
        else []
    )
