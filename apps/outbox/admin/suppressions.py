from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from apps.core import audit
from apps.core.admin import ReadOnlyAdmin

from .. import services
from ..forms import AddressForm, ReasonForm
from ..models import Suppression
from ..permissions import can_decide


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyAdmin):
    """Nobody can list the addresses: the portal has their hashes only. Whoever has an address may ask about it."""

    list_display = ["since", "reason", "detail"]
    list_filter = ["reason"]
    show_facets = admin.ShowFacets.NEVER
    ordering = ["-pk"]
    sortable_by = []
    fields = readonly_fields = ["since", "reason", "detail"]
    change_list_template = "admin/outbox/suppressions.html"

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"form": AddressForm()} | (extra_context or {}))

    def get_urls(self):
        ours = path("address/", self.admin_site.admin_view(self.address_view), name="outbox_suppression_address")
        return [ours, *super().get_urls()]

    def address_view(self, request):
        """Look an address up, suppress it or lift it. It comes by POST, so that no log and no history has it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        deed = request.POST.get("deed", "look")
        if deed != "look" and not can_decide(request.user):
            raise PermissionDenied
        form, why = AddressForm(request.POST or None), ReasonForm(request.POST if deed == "suppress" else None)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "form": form, "why": why}
        if form.is_valid():
            address = form.cleaned_data["address"]
            self._carry_out(request, deed, address, why)
            context |= {"address": address, "found": self._look_up(request, address)}
        context |= {"title": _("Look an address up"), "may_decide": can_decide(request.user)}
        return TemplateResponse(request, "admin/outbox/address.html", context)

    def _carry_out(self, request, deed, address, why):
        if deed == "lift":
            services.lift(address=address, actor=request.user)
            messages.success(request, _("This address is written to again."))
        elif deed == "suppress" and why.is_valid():
            reason, detail = Suppression.Reason.STAFF, why.cleaned_data["reason"]
            services.suppress(address=address, reason=reason, detail=detail, actor=request.user)
            messages.success(request, _("No notice and no newsletter goes to this address any more."))

    def _look_up(self, request, address):
        audit.read(actor=request.user, person=None, what="listed", model=self.opts.label, searched=True)
        return Suppression.objects.visible_to(request.user).filter(key=services.key_of(address)).first()
