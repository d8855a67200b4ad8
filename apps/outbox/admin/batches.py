from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from apps.core.admin import ReadOnlyAdmin

from .. import services
from ..forms import ReasonForm
from ..models import MailBatch, State
from ..permissions import can_decide


@admin.register(MailBatch)
class BatchAdmin(ReadOnlyAdmin):
    """Editions of a newsletter, mostly: how far each is, and the brake."""

    list_display = ["name", "created_at", "paused_at", "paused_because", "mails_by_state"]
    list_per_page = 20  # of each, its mails are counted
    search_fields = ["name"]
    ordering = ["-pk"]
    sortable_by = []
    fields = readonly_fields = ["name", "created_at", "paused_at", "paused_because", "mails_by_state"]
    change_form_template = "admin/outbox/batch.html"

    def get_queryset(self, request):
        return super().get_queryset(request).with_counts()

    @admin.display(description=_("mails by state"))
    def mails_by_state(self, batch):
        """Those that are there, and those already let go, of which the batch keeps the numbers."""
        numbers = dict(batch.figures)
        for row in batch.counted:
            numbers[row["state"]] = numbers.get(row["state"], 0) + row["number"]
        return ", ".join(f"{state.label}: {numbers[state]}" for state in State if numbers.get(state)) or "-"

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context |= {"form": ReasonForm(), "may_decide": can_decide(request.user)}
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def get_urls(self):
        ours = [
            path(
                f"<int:object_id>/{name}/",
                self.admin_site.admin_view(require_POST(view)),
                name=f"outbox_mailbatch_{name}",
            )
            for name, view in [("pause", self.pause_view), ("resume", self.resume_view)]
        ]
        return [*ours, *super().get_urls()]

    def pause_view(self, request, object_id):
        batch = self._batch(request, object_id)
        form = ReasonForm(request.POST)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": _("Pause"),
                "subtitle": str(batch),
                "form": form,
            }
            return TemplateResponse(request, "admin/outbox/reason.html", context)
        services.pause(batch=batch, actor=request.user, reason=form.cleaned_data["reason"])
        messages.success(
            request, _("The batch is paused. What a worker has in hand, a hundred mails at most, still goes.")
        )
        return self._back(batch)

    def resume_view(self, request, object_id):
        batch = self._batch(request, object_id)
        services.resume(batch=batch, actor=request.user)
        messages.success(request, _("The batch goes on."))
        return self._back(batch)

    def _batch(self, request, object_id):
        if not can_decide(request.user):
            raise PermissionDenied
        return get_object_or_404(MailBatch.objects.visible_to(request.user), pk=object_id)

    def _back(self, batch):
        return HttpResponseRedirect(reverse("admin:outbox_mailbatch_change", args=[batch.pk]))
