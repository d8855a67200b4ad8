"""What fits me: calls and other things that look for people, each criterion explained; how often to hear of it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from django.views.generic.edit import FormMixin

from .. import matching
from ..forms import FollowForm, PaceForm
from ..forms.privacy import AGREED, WITHDRAWN
from ..models import Consent, Follow
from ..services import matching as services
from .steps import OwnProfileMixin

PAGE = 10


class Matching(OwnProfileMixin, TemplateView):
    template_name = "members/matching.html"

    def get_context_data(self, **kwargs):
        user, profile = self.request.user, self.profile
        page = Paginator(matching.standing(profile), PAGE).get_page(self.request.GET.get("page"))
        context = {
            "pace_form": PaceForm(initial={"pace": profile.match_pace}),
            "follow_form": FollowForm(),
            "area": "me",
            "profile": profile,
            "page": page,
            "matches": matching.explained(profile, [pk for pk, _fits in page]),
            "follows": Follow.objects.of(user).with_words(),
            "takes_part": Consent.objects.holds(user, Consent.Purpose.MATCHING),
            "wording": AGREED[Consent.Purpose.DIGEST],
        }
        return super().get_context_data(**context | kwargs)


class FromMatching(FormMixin, Matching):
    """One of the page's small forms; with an error, the whole page comes back."""

    http_method_names = ["post", "options"]
    success_url = reverse_lazy("members:matching")
    name = ""

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs | {self.name: kwargs["form"]})

    def post(self, request, *args, **kwargs):
        form = self.get_form()
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)


class ChoosePace(FromMatching):
    form_class, name = PaceForm, "pace_form"

    def form_valid(self, form):
        pace = form.cleaned_data["pace"]
        words = AGREED if pace else WITHDRAWN
        services.choose_pace(user=self.request.user, pace=pace, wording=str(words[Consent.Purpose.DIGEST]))
        messages.success(self.request, _("Saved: you hear of what fits you as often as you chose."))
        return super().form_valid(form)


class FollowSubject(FromMatching):
    form_class, name = FollowForm, "follow_form"

    def form_valid(self, form):
        services.follow(user=self.request.user, **form.chosen())
        messages.success(self.request, _("You follow it from now on."))
        return super().form_valid(form)


@require_POST
def unfollow(request, pk):
    """Hear no more of a country or a field of work."""
    followed = get_object_or_404(Follow.objects.visible_to(request.user), pk=pk)
    services.unfollow(user=request.user, follow=followed)
    messages.success(request, _("You no longer follow it."))
    return redirect("members:matching")
