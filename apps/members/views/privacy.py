"""The privacy centre: what was agreed, who has looked, with whom data are shared, the copy, and the end."""

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import ListView, TemplateView

from apps.core.files import private
from apps.core.models import AuditEntry

from ..forms.privacy import AGREED, EFFECT, NEEDED, WITHDRAWN
from ..models import Consent, DataExport, DataGrant
from ..services import consents, erasure, export, grants

READINGS_SHOWN = 5
GIVEN_ELSEWHERE = {Consent.Purpose.TIES: "members:profile-ties", Consent.Purpose.DIGEST: "members:matching"}
LOOK_AGAIN = 10  # seconds after which the page of a download in the making is read again


class OfMine:
    """A page of my space."""

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, area="me")


class Privacy(OfMine, TemplateView):
    template_name = "members/privacy/centre.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        return super().get_context_data(
            **kwargs,
            ledger=ledger(user),
            readings=AuditEntry.objects.about(user).readings().order_by("-at")[:READINGS_SHOWN],
            shared=DataGrant.objects.visible_to(user).newest_first(),
            export=DataExport.objects.visible_to(user).newest(),
            privacy_notice=settings.PRIVACY_NOTICE_URL,
        )


def ledger(user) -> list[dict]:
    """Each purpose with its newest line, its whole history, and whether it can be changed here."""
    lines = list(Consent.objects.of(user).newest_first())
    rows = []
    for purpose in Consent.Purpose:
        own = [line for line in lines if line.purpose == purpose]
        if own or purpose in AGREED:
            newest = own[0] if own else None
            rows.append(
                {
                    "purpose": purpose,
                    "holds": bool(newest and newest.given),
                    "newest": newest,
                    "earlier": own[1:],
                    "needed": purpose in NEEDED,
                    "give_at": reverse(GIVEN_ELSEWHERE[purpose]) if purpose in GIVEN_ELSEWHERE else "",
                }
            )
    return rows


class ConsentPage(OfMine, TemplateView):
    """One consent: the words, what they bring about, and one button."""

    template_name = "members/privacy/consent.html"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if kwargs["purpose"] not in AGREED:
            raise Http404
        self.purpose = Consent.Purpose(kwargs["purpose"])

    def get(self, request, *args, **kwargs):
        if self.purpose in GIVEN_ELSEWHERE and not Consent.objects.holds(request.user, self.purpose):
            return redirect(GIVEN_ELSEWHERE[self.purpose])  # it comes with a choice: which places, how often
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        holds = Consent.objects.holds(self.request.user, self.purpose)
        context = super().get_context_data(**kwargs)
        return context | {
            "purpose": self.purpose,
            "holds": holds,
            "wording": WITHDRAWN[self.purpose] if holds else AGREED[self.purpose],
            "effect": EFFECT[self.purpose] if holds else "",
        }

    def post(self, request, *args, **kwargs):
        if "withdraw" in request.POST:
            consents.withdraw(user=request.user, purpose=self.purpose, wording=str(WITHDRAWN[self.purpose]))
            messages.success(request, _("Taken back. It holds from now on, everywhere."))
        elif "give" in request.POST and self.purpose not in GIVEN_ELSEWHERE:
            consents.give(user=request.user, purpose=self.purpose, wording=str(AGREED[self.purpose]))
            messages.success(request, _("Thank you. You can take it back here at any time."))
        return redirect("members:privacy")


class Readings(OfMine, ListView):
    """Who has opened my data: all of it, exports too."""

    template_name = "members/privacy/readings.html"
    context_object_name = "readings"
    paginate_by = 24

    def get_queryset(self):
        return AuditEntry.objects.about(self.request.user).readings().order_by("-at", "-pk")


@require_POST
def withdraw_grant(request, pk):
    grant = get_object_or_404(DataGrant.objects.visible_to(request.user), pk=pk)
    grants.withdraw(grant=grant)
    messages.success(request, _("Taken back. Nothing more of yours is passed on to them."))
    return redirect("members:privacy")


# --- the copy ---------------------------------------------------------------------------------------------------------
class Download(OfMine, TemplateView):
    """Ask for a copy of everything, see how far it is, fetch it. While it is made, the page looks again by itself."""

    template_name = "members/privacy/download.html"

    def get_context_data(self, **kwargs):
        newest = DataExport.objects.visible_to(self.request.user).newest()
        ready = DataExport.objects.visible_to(self.request.user).ready(timezone.now()).newest()
        # In a restored backup the file may be missing.
        is_there = bool(ready) and ready.file.storage.exists(ready.file.name)
        return super().get_context_data(**kwargs, export=newest, is_ready=is_there and ready == newest)

    def render_to_response(self, context, **kwargs):
        response = super().render_to_response(context, **kwargs)
        if context["export"] and context["export"].state == DataExport.State.ASKED:
            response["Refresh"] = LOOK_AGAIN
        return response

    @method_decorator(reauthentication_required)
    def post(self, request, *args, **kwargs):
        export.ask(user=request.user)
        return redirect("members:privacy-download")


@require_safe
@reauthentication_required
def download_file(request, pk):
    ready = DataExport.objects.visible_to(request.user).ready(timezone.now())
    copy = get_object_or_404(ready.select_related("user"), pk=pk)
    response = private(copy.file, content_type="application/zip", download_as="diaspora-portal.zip")
    export.fetched(export=copy)
    return response


# --- the end ----------------------------------------------------------------------------------------------------------
@method_decorator(reauthentication_required, name="dispatch")
class DeleteAccount(OfMine, TemplateView):
    """What goes, what stays and why; one button."""

    template_name = "members/privacy/delete.html"

    def post(self, request, *args, **kwargs):
        try:
            erasure.ask(user=request.user)
        except erasure.StaffAccount:
            return redirect("members:privacy-delete")  # the page says why
        logout(request)
        return redirect("members:privacy-delete-asked")


@method_decorator(login_not_required, name="dispatch")
class DeletionAsked(TemplateView):
    """Public: whoever has just asked can no longer sign in."""

    template_name = "members/privacy/delete_asked.html"


@method_decorator(login_not_required, name="dispatch")
class CancelDeletion(TemplateView):
    """Public: the link of the mail. Opening it changes nothing; its button takes the deletion back."""

    template_name = "members/privacy/delete_cancel.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, erasure=erasure.asked_with(secret=self.kwargs["secret"]))

    def dispatch(self, request, *args, **kwargs):
        try:
            return super().dispatch(request, *args, **kwargs)
        except erasure.UnknownLink:
            self.template_name = "members/privacy/delete_unknown.html"
            return self.render_to_response({}, status=404)

    def post(self, request, *args, **kwargs):
        erasure.cancel(secret=self.kwargs["secret"])
        messages.success(request, _("Your account is as it was. Sign in with your address and password."))
        return redirect("account_login")
