"""Profiles as a file: with a reason, an entry in the audit for each person, and nothing that is not for the team."""

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpResponse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from apps.core import sheets

from .. import resources
from ..forms.staff import ExportForm, StaffSearchForm
from ..services import staff

MOST = 500


class ExportMixin:
    """The action of the list. What was chosen waits in hidden fields while the reason is asked for."""

    actions = ["take_out"]

    def has_export_permission(self, request):
        return request.user.has_perm("members.export_profile")

    @admin.action(description=_("Download as a file (XLSX or CSV)"), permissions=["export"])
    def take_out(self, request, queryset):
        if names := StaffSearchForm(request.GET).left_aside():
            # The list shows whom the rest of the search finds, which is not who was asked for.
            refusal = _("No file is made of a search that cannot be read. Left aside: %(names)s.")
            messages.error(request, refusal % {"names": ", ".join(names)})
            return None
        profiles = list(queryset.with_everything()[: MOST + 1])
        if len(profiles) > MOST:
            messages.error(
                request, _("No file holds more than %(most)d people: narrow the search first.") % {"most": MOST}
            )
            return None
        form = ExportForm(request.POST if "purpose" in request.POST else None)
        if not form.is_valid():
            chosen = [(ACTION_CHECKBOX_NAME, number) for number in request.POST.getlist(ACTION_CHECKBOX_NAME)]
            across = ("select_across", request.POST.get("select_across", "0"))
            return self.ask(
                request,
                _("Download as a file"),
                form,
                kept=[("action", "take_out"), across, *chosen],
                people=len(profiles),
            )
        kind = form.cleaned_data["kind"]
        data = sheets.written(kind, resources.HEADER, [resources.row(profile) for profile in profiles])
        staff.taken_out(profiles=profiles, actor=request.user, **form.cleaned_data)
        response = HttpResponse(data, content_type=sheets.CONTENT_TYPES[kind])
        response["Content-Disposition"] = f'attachment; filename="profiles-{localdate()}.{kind}"'
        response["Cache-Control"] = "private, no-store"
        return response
