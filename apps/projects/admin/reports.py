"""Reports to donors: asked for on one form, watched while they are built, fetched as a document and a spreadsheet."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from apps.core.admin import HouseAdmin
from apps.core.files import private
from apps.core.sheets import CONTENT_TYPES, XLSX

from ..forms import ReportForm
from ..models import DonorReport
from ..services import reports

LOOK_AGAIN = 5  # seconds after which the page of a report in the making is read again
FILES = {"pdf": ("pdf", "application/pdf"), XLSX: ("sheet", CONTENT_TYPES[XLSX])}


@admin.register(DonorReport)
class DonorReportAdmin(HouseAdmin):
    list_display = ["donor", "about", "period", "language", "state", "asked_at", "asked_by"]
    search_fields = ["donor__name_en", "donor__name_fr", "donor__name_nl", "donor__name_de"]
    list_select_related = ["donor", "project", "asked_by"]
    ordering = ["-asked_at"]
    sortable_by = ["asked_at"]
    actions = None
    change_list_template = "admin/projects/reports.html"

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("on"))
    def about(self, report):
        return report.project or _("all that it funds")

    @admin.display(description=_("period"))
    def period(self, report):
        return " – ".join(date_format(day, gettext("j F Y")) for day in (report.first_day, report.last_day))

    # --- pages --------------------------------------------------------------------------------------------------------
    def get_urls(self):
        ours = [
            path(
                "<int:object_id>/again/",
                self.admin_site.admin_view(require_POST(self.again_view)),
                name="projects_donorreport_again",
            ),
            path(
                "<int:object_id>/<str:kind>/file/",
                self.admin_site.admin_view(require_safe(self.file_view)),
                name="projects_donorreport_file",
            ),
        ]
        return [*ours, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": _("Donor reports")} | (extra_context or {}))

    def add_view(self, request, form_url="", extra_context=None):
        """Ask for one; the address may name the project and the donor."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ReportForm(request.POST or None, user=request.user, initial=self._first_wish(request))
        if form.is_valid():
            report = reports.ask(actor=request.user, **form.cleaned_data)
            return self._to(report)
        return self._page(request, "admin/projects/ask_report.html", _("Ask for a report"), form=form)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """How far it is; then its two files."""
        report = self._report(request, object_id)
        files = [(kind, getattr(report, name)) for kind, (name, _type) in FILES.items()]
        response = self._page(
            request,
            "admin/projects/report.html",
            _("Report to %(donor)s") % {"donor": report.donor},
            report=report,
            about=self.about(report),
            # In a restored backup the files may be missing.
            files=[(kind, file) for kind, file in files if file and file.storage.exists(file.name)],
            kept_days=reports.KEPT.days,
        )
        if report.state == DonorReport.State.ASKED:
            response["Refresh"] = LOOK_AGAIN
        return response

    def again_view(self, request, object_id):
        if not self.has_add_permission(request):
            raise PermissionDenied
        report = reports.try_again(report=self._report(request, object_id), actor=request.user)
        messages.success(request, _("It is being put together again."))
        return self._to(report)

    def file_view(self, request, object_id, kind):
        report = self._report(request, object_id)
        if kind not in FILES or report.state != DonorReport.State.READY:
            raise Http404
        name, content_type = FILES[kind]
        called = f"{report.donor.slug}-{report.first_day}-{report.last_day}-{report.language}.{kind}"
        response = private(getattr(report, name), content_type=content_type, download_as=called)
        reports.fetched(report=report, actor=request.user, kind=kind)
        return response

    # --- what they share ----------------------------------------------------------------------------------------------
    def _report(self, request, object_id) -> DonorReport:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request).select_related("donor", "project"), pk=object_id)

    def _page(self, request, template, title, **context):
        context |= {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        return TemplateResponse(request, template, context)

    def _to(self, report):
        return HttpResponseRedirect(reverse("admin:projects_donorreport_change", args=[report.pk]))

    def _first_wish(self, request) -> dict:
        today = localdate()
        asked = {name: request.GET[name] for name in ("donor", "project") if name in request.GET}
        return asked | {
            "first_day": today.replace(month=1, day=1),
            "last_day": today,
            "language": request.user.language,
        }
