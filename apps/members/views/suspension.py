"""Hiding one's profile for a time, and ending that before the day."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from apps.core.views import ServiceFormView

from ..forms.suspension import SuspensionForm
from ..services import suspension
from .steps import own_profile


class Suspend(ServiceFormView):
    form_class = SuspensionForm
    template_name = "members/suspend.html"
    success_url = reverse_lazy("members:profile-review")
    done = _("Your profile is hidden from now on. It comes back by itself on the day that you chose.")

    def dispatch(self, request, *args, **kwargs):
        self.profile = own_profile(request.user)
        if self.profile is None:
            return redirect("members:profile-about")
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self):
        return {"until": self.profile.suspended_until if self.profile.is_suspended else None}

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, area="me", profile=self.profile)

    def save(self, form):
        suspension.suspend(user=self.request.user, until=form.cleaned_data["until"])


@require_POST
def resume(request):
    if own_profile(request.user) is None:
        return redirect("members:profile-about")
    suspension.resume(user=request.user)
    messages.success(request, _("You are back: your profile is shown again, to whom you chose."))
    return redirect("members:profile-review")
