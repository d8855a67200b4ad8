"""What stands in a report to a donor: plain texts in the donor's language, for the document and for the spreadsheet.

A text that is not translated yet is given in the first language that it has, which is named with it.
"""

from datetime import date, datetime

from django.conf import settings
from django.db.models import Prefetch
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.core.timeline import in_words
from apps.core.translated import is_read_in

from .. import numbers
from ..models import Document, DonorReport, Indicator, Partnership, Phase
from ..querysets.projects import ProjectQuerySet

NOTHING = {"text": "", "language": ""}


def gathered(report: DonorReport, projects: ProjectQuerySet, *, at: datetime) -> dict:
    """Everything, in the language that is set; the same number of queries for any number of projects."""
    projects = list(_with_parts(projects))
    achieved: dict[int, list[numbers.Number]] = {project.pk: [] for project in projects}
    found = numbers.achieved(Indicator.objects.of_projects(achieved), at=report.last_day)
    for number in found:
        achieved[number.indicator.project_id].append(number)
    sources = Sources()
    donor, period = say(report.donor, "name"), f"{_day(report.first_day)} – {_day(report.last_day)}"
    return {
        "language": report.language,
        "title": _("Report to %(donor)s") % {"donor": donor["text"]},
        "donor": donor,
        "period": period,
        "made": _day(localtime(at).date()),
        "last_day": _day(report.last_day),
        "maker": _("IOM Belgium and Luxembourg"),
        "words": _words(donor["text"]),
        "counts_people": any(number.counter and number.counter.counts_people for number in found),
        "projects": [_project(project, achieved[project.pk], sources) for project in projects],
        "sources": sources.told,
    }


def say(row, name: str) -> dict[str, str]:
    """A text, and the code of its language where it is not the report's."""
    text, language = getattr(row, name) or "", is_read_in(row, name, get_language())
    return {"text": text, "language": language if text and language != get_language() else ""}


class Sources:
    """The texts that facts were taken from, numbered in the order in which the report first names them."""

    def __init__(self):
        self.told, self._numbers = [], {}

    def number(self, source) -> int | None:
        if source is None:
            return None
        if source.pk not in self._numbers:
            self._numbers[source.pk] = len(self.told) + 1
            self.told.append({"title": say(source, "title"), "published": source.published, "url": source.url})
        return self._numbers[source.pk]


# --- one project ------------------------------------------------------------------------------------------------------
def _with_parts(projects: ProjectQuerySet) -> ProjectQuerySet:
    return projects.newest_first().prefetch_related(
        "countries",
        "residences",
        "sectors",
        "phases",
        Prefetch("partnerships", Partnership.objects.select_related("organisation")),
        "deliverables__planned_source",
        "deliverables__delivered_source",
        Prefetch("documents", Document.objects.filter(is_public=True).select_related("language")),
        "citations__source",
    )


def _project(project, achieved, sources) -> dict:
    return {
        "title": say(project, "title"),
        "lead": say(project, "lead"),
        "facts": _facts(project),
        "phases": [_phase(phase) for phase in project.phases.all()],
        "partners": [_partner(partnership) for partnership in project.partnerships.all()],
        "indicators": [_indicator(number, sources) for number in achieved],
        "deliverables": [_deliverable(row, sources) for row in project.deliverables.all()],
        "documents": [_document(document) for document in project.documents.all()],
        "sources": sorted({sources.number(citation.source) for citation in project.citations.all()}),
    }


def _facts(project) -> list[dict]:
    rows = {
        _("Status"): project.get_status_display(),
        _("Years"): in_words(project.years),
        _("Countries of action"): _names(project.countries),
        _("Diaspora living in"): _names(project.residences),
        _("Fields"): _names(project.sectors),
    }
    return [{"label": label, "value": str(value)} for label, value in rows.items()]


def _names(terms) -> str:
    return ", ".join(sorted(term.name for term in terms.all()))


def _phase(phase: Phase) -> dict:
    return {
        "title": say(phase, "title"),
        "text": say(phase, "text"),
        "years": in_words([(phase.first_year, phase.last_year)]) if phase.first_year else "",
        "state": phase.get_state_display(),
    }


def _partner(partnership: Partnership) -> dict:
    return {
        "role": partnership.get_role_display(),
        "name": say(partnership.organisation, "name"),
        "note": say(partnership, "note"),
    }


def _indicator(number: numbers.Number, sources: Sources) -> dict:
    """In words for the document, and as numbers for the spreadsheet."""
    return {
        "name": say(number.indicator, "name"),
        "target": number.target_text,
        "target_number": number.target,
        "target_source": sources.number(number.indicator.source if number.target is not None else None),
        "achieved": number.text,
        "achieved_number": number.value,
        "basis": number.basis,
        "source": sources.number(number.source),
        "note": say(number.figure, "note") if number.figure else NOTHING,
    }


def _deliverable(row, sources: Sources) -> dict:
    return {
        "label": say(row, "label"),
        "planned": say(row, "planned"),
        "planned_source": sources.number(row.planned_source),
        "delivered": say(row, "delivered"),
        "delivered_source": sources.number(row.delivered_source),
    }


def _document(document: Document) -> dict:
    return {
        "title": say(document, "title"),
        "language": document.language.name,
        "pages": document.pages,
        "url": settings.SITE_URL + document.get_absolute_url(),
    }


# --- words ------------------------------------------------------------------------------------------------------------
def _day(day: date) -> str:
    return date_format(day, _("j F Y"))


def _words(donor: str) -> dict[str, str]:
    """What the template itself says."""
    return {
        "donor_report": _("Donor report"),
        "period": _("Period"),
        "made_by": _("Made by"),
        "made_on": _("Made on"),
        "acknowledgement": _("Acknowledgement"),
        "thanks": _("IOM carries out the work told of here with the support of %(donor)s, and thanks it.")
        % {"donor": donor},
        "not_translated": _("A code in brackets, such as [EN], marks a text that is not translated yet."),
        "few": _("Of people, numbers below five are not told, and none is fresher than the day before this report."),
        "contents": _("Contents"),
        "phases": _("Phases"),
        "partners": _("Partners"),
        "role": _("Role"),
        "organisation": _("Organization"),
        "targets": _("Targets and results"),
        "what": _("What is counted"),
        "target": _("Target"),
        "achieved": _("Achieved"),
        "basis": _("How it is known"),
        "deliverables": _("Planned and delivered"),
        "item": _("What"),
        "planned": _("Planned"),
        "delivered": _("Delivered"),
        "documents": _("Documents"),
        "document_language": _("Language"),
        "pages": _("Pages"),
        "sources": _("Sources"),
        "source": _("Source"),
        "none": _("No project supported by this donor ran in this period."),
        "page": _("Page"),
        "unknown": _("not known yet"),
    }
