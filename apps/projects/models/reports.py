from pathlib import PurePath
from secrets import token_urlsafe

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..querysets.reports import DonorReportQuerySet
from .partners import Organisation
from .project import Project


def report_path(report, filename) -> str:
    return f"reports/{token_urlsafe(24)}{PurePath(filename).suffix}"


class DonorReport(models.Model):
    """A report to a donor on a period: built in the background, as PDF and as a spreadsheet.

    On one project, or on all that the donor funds and the asking person runs.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Being put together")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    donor = models.ForeignKey(Organisation, models.CASCADE, related_name="reports", verbose_name=_("donor"))
    project = models.ForeignKey(
        Project, models.CASCADE, null=True, blank=True, related_name="reports", verbose_name=_("project")
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.ASKED, editable=False)
    done = models.PositiveSmallIntegerField(default=0, editable=False)  # per cent
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False, verbose_name=_("by")
    )
    ready_at = models.DateTimeField(_("ready"), null=True, blank=True, editable=False)
    pdf = models.FileField(_("PDF"), upload_to=report_path, blank=True, editable=False)
    sheet = models.FileField(_("spreadsheet"), upload_to=report_path, blank=True, editable=False)

    objects = DonorReportQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        verbose_name = _("donor report")
        verbose_name_plural = _("donor reports")
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="report_ends_after_it_begins"),
            models.CheckConstraint(
                condition=~Q(state="ready") | (~Q(pdf="") & ~Q(sheet="")), name="ready_report_has_its_files"
            ),
        ]

    def __str__(self):
        return f"{self.donor_id} {self.first_day}-{self.last_day}"
