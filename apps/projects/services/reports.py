"""Reports to donors: asked for by staff, built by a worker, kept for 90 days."""

from datetime import timedelta
from pathlib import Path

from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from apps.core import audit, background, bell, pdf, retention, strays
from apps.core.background import come_to

from ..models import DonorReport, Organisation, Project
from . import report_content, report_sheet

BUILD = "projects.build_reports"
KEPT = timedelta(days=90)
TEMPLATE = Path(__file__).parents[1] / "data" / "report.typ"
FOLDER = "reports"
State = DonorReport.State


# --- what staff ask for -----------------------------------------------------------------------------------------------
@transaction.atomic
def ask(*, donor, project, first_day, last_day, language, actor) -> DonorReport:
    """Ask for a report. While the same is being put together, that is the one; an earlier same one goes."""
    Organisation.objects.select_for_update().get(pk=donor.pk)
    asked = DonorReport(
        donor=donor, project=project, first_day=first_day, last_day=last_day, language=language, asked_by=actor
    )
    for earlier in DonorReport.objects.like(asked):
        if earlier.state == State.ASKED:
            return earlier
        _drop(earlier)
    asked.save()
    audit.record(actor=actor, verb="projects.report_asked", target=asked, donor=donor.pk)
    bell.ring(BUILD)
    return asked


@transaction.atomic
def try_again(*, report: DonorReport, actor) -> DonorReport:
    """Ask anew for one that failed; another click changes nothing."""
    report = DonorReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if report.state == State.FAILED:
        report.state, report.done, report.lease_until = State.ASKED, 0, None
        report.save(update_fields=["state", "done", "lease_until"])
        audit.record(actor=actor, verb="projects.report_asked", target=report, again=True)
        bell.ring(BUILD)
    return report


def fetched(*, report: DonorReport, actor, kind: str) -> None:
    audit.record(actor=actor, verb="projects.report_fetched", target=report, kind=kind)


def _drop(report) -> None:
    for file in filter(None, (report.pdf, report.sheet)):
        transaction.on_commit(lambda file=file: file.storage.delete(file.name), robust=True)
    report.delete()


# --- what the worker does ---------------------------------------------------------------------------------------------
def projects_of(*, donor, project, first_day, last_day, user):
    """What the report tells of: published projects, and those of one's own teams."""
    seen = Project.objects.visible_to(user).funded_by(donor)
    if project:
        return seen.filter(pk=project.pk)
    return seen.running_between(first_day.year, last_day.year)


def build_all() -> int:
    """Build whatever was asked for and is in nobody's hands. Returns how many were."""
    return background.build_all(DonorReport, _build)


def _build(report: DonorReport) -> None:
    now = timezone.now()
    projects = projects_of(
        donor=report.donor,
        project=report.project,
        first_day=report.first_day,
        last_day=report.last_day,
        user=report.asked_by or AnonymousUser(),
    )
    with override(report.language):
        content = report_content.gathered(report, projects, at=now)
        come_to(report, 40)
        document = pdf.made(TEMPLATE, content, at=now)
        come_to(report, 75)
        sheet = report_sheet.written(content)
        come_to(report, 95)
    _finish(report, document, sheet)


@transaction.atomic
def _finish(report, document: bytes, sheet: bytes) -> None:
    report = background.mine(report)
    report.state, report.done, report.lease_until = State.READY, 100, None
    report.ready_at = timezone.now()
    report.pdf = ContentFile(document, name="report.pdf")
    report.sheet = ContentFile(sheet, name="report.xlsx")
    report.save()
    audit.record(actor=None, verb="projects.report_ready", target=report)


# --- how long ---------------------------------------------------------------------------------------------------------
def let_go(before) -> int:
    """Delete the reports that were asked for before this moment, with their files."""
    over = list(DonorReport.objects.asked_before(before).values_list("pk", flat=True))
    for pk in over:
        with transaction.atomic():
            _drop(DonorReport.objects.select_for_update(of=("self",)).get(pk=pk))
    return len(over)


retention.register(
    "projects.donor reports",
    model="projects.DonorReport",
    rule=_("Reports to donors go 90 days after they were asked for; they can be made anew."),
    period=KEPT,
    over=DonorReport.objects.asked_before,
    let_go=let_go,
)


def keep_tidy() -> dict[str, int | None]:
    """Let go of what has had its time. Returns how many of each went."""
    gone = retention.run("projects") | {"stray files": strays.let_go([FOLDER])}
    audit.record(actor=None, verb="projects.tidied", **gone)
    return gone
