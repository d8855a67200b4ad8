"""What is still to be translated, over a project and all its rows."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from apps.core.translated import Translated

from ..models import (
    Citation,
    Deliverable,
    Document,
    Figure,
    Indicator,
    Partnership,
    Phase,
    Picture,
    Project,
    Section,
    Video,
)
from ..querysets.waiting import open_rows

PARTS = [Section, Phase, Partnership, Indicator, Deliverable, Document, Video, Picture, Citation]


@dataclass
class Waiting:
    """Languages in which a project lacks a text, and those in which one is older than its English."""

    lacking: set[str] = field(default_factory=set)
    stale: set[str] = field(default_factory=set)


def rows(project: Project) -> list[Translated]:
    """The project and every row of it that is translated."""
    found = [project, *Figure.objects.filter(indicator__project=project)]
    for part in PARTS:
        found += part.objects.filter(project=project)
    return found


def waiting(projects: Iterable[Project]) -> dict[int, Waiting]:
    """What each of many projects waits for; one query, whatever their number."""
    found = {project.pk: Waiting({*project.lacking}, {*project.stale}) for project in projects}
    for number, lacking, stale in open_rows([*found]):
        found[number].lacking.update(lacking)
        found[number].stale.update(stale)
    return found
