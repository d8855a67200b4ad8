"""A member's own profile, in short steps; each is saved by itself and can be left at any point."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from apps.core.models import Skill
from apps.core.views import ServiceFormView

from ..forms import (
    TIES_WITHDRAWN,
    TIES_WORDING,
    AboutForm,
    LanguageFormSet,
    OfferForm,
    SkillForm,
    TiesForm,
    VisibilityForm,
)
from ..models import Consent, Profile
from ..querysets.skills import skills_named
from ..services import profiles

STEPS = [
    ("about", _("About you")),
    ("languages", _("Languages")),
    ("skills", _("Skills")),
    ("offer", _("What you offer")),
    ("visibility", _("Who sees what")),
]


def own_profile(user) -> Profile | None:
    return Profile.objects.of(user).with_everything().first()


class OwnProfileMixin:
    """A page about one's own profile: sends a newcomer to the first step."""

    needs_profile = True

    def dispatch(self, request, *args, **kwargs):
        self.profile = own_profile(request.user)
        if self.profile is None and self.needs_profile:
            return redirect("members:profile-about")
        return super().dispatch(request, *args, **kwargs)


class PartMixin(OwnProfileMixin):
    """A part that nobody has to tell: reached from the overview, and back to it."""

    title = ""
    success_url = reverse_lazy("members:profile-review")

    def get_context_data(self, **kwargs):
        back = reverse("members:profile-review")
        return super().get_context_data(**kwargs, area="me", profile=self.profile, title=self.title, back=back)

    def get_success_url(self):
        return self.request.path if "more" in self.request.POST else super().get_success_url()


class StepMixin(OwnProfileMixin):
    """One step: knows its place in the row."""

    step = ""

    def get_context_data(self, **kwargs):
        names = [name for name, _label in STEPS]
        at = names.index(self.step)
        return super().get_context_data(
            **kwargs,
            area="me",
            profile=self.profile,
            steps=[
                {
                    "label": label,
                    "url": reverse(f"members:profile-{name}"),
                    "state": "now" if i == at else "done" if self.profile and i < at else "next",
                }
                for i, (name, label) in enumerate(STEPS)
            ],
            title=dict(STEPS)[self.step],
            number=at + 1,
            back=reverse(f"members:profile-{names[at - 1]}") if at else None,
        )

    def get_success_url(self):
        """The next step, or back to the overview for somebody who only came to change this one."""
        names = [name for name, _label in STEPS]
        at = names.index(self.step)
        if "finish" in self.request.POST or at + 1 == len(names):
            return reverse("members:profile-review")
        return reverse(f"members:profile-{names[at + 1]}")


class About(StepMixin, ServiceFormView):
    step = "about"
    needs_profile = False
    form_class = AboutForm
    template_name = "members/steps/about.html"
    done = _("Your profile is saved.")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": self.profile}

    def save(self, form):
        profiles.save_about(user=self.request.user, **(form.changed() if self.profile else form.cleaned_data))


class Languages(StepMixin, ServiceFormView):
    step = "languages"
    form_class = LanguageFormSet
    template_name = "members/steps/languages.html"
    done = _("Your languages are saved.")

    def get_form_kwargs(self):
        own = [spoken.language for spoken in self.profile.languages.all()]
        return super().get_form_kwargs() | {"form_kwargs": {"own": own}}

    def get_initial(self):
        return [{"language": spoken.language_id, "level": spoken.level} for spoken in self.profile.languages.all()]

    def save(self, form):
        profiles.save_languages(user=self.request.user, levels=form.levels(), shown=form.shown())

    def get_success_url(self):
        return self.request.path if "more" in self.request.POST else super().get_success_url()


class Ties(PartMixin, ServiceFormView):
    title = _("Places you are connected to")
    form_class = TiesForm
    template_name = "members/steps/ties.html"
    done = _("The places you are connected to are saved.")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"ties": self.profile.ties.all()}

    def get_initial(self):
        return {
            "agreed": Consent.objects.holds(self.request.user, Consent.Purpose.TIES),
            "places": [country.pk for country in self.profile.ties.all()],
        }

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except profiles.NotAgreed:  # taken back while the form was looked at
            form.ask_again()
            return self.form_invalid(form)

    def save(self, form):
        agreed = form.cleaned_data["agreed"]
        profiles.save_ties(
            user=self.request.user,
            countries=form.cleaned_data["countries"],
            shown=form.shown_words("places"),
            agreed=agreed,
            keep=form.cleaned_data["keep"],
            wording=str(TIES_WORDING if agreed else TIES_WITHDRAWN),
        )


class Skills(StepMixin, TemplateView):
    """Search the catalogue, add, set level and years, remove: one form, and whichever button keeps what was typed."""

    step = "skills"
    template_name = "members/steps/skills.html"

    def rows(self, data=()):
        """Each skill with its form. A page that is older than a skill has sent nothing of it."""
        rows = []
        for owned in self.profile.skills.all():
            prefix, now = str(owned.skill_id), {"level": owned.level, "years": owned.years}
            sent = data if f"{prefix}-level" in data else None
            rows.append((owned, SkillForm(sent, prefix=prefix, initial=now)))
        return rows

    @property
    def find(self) -> str:
        return (self.request.POST or self.request.GET).get("find", "")[:100]

    def get_context_data(self, **kwargs):
        find = self.find
        own = {owned.skill_id for owned in self.profile.skills.all()}
        return super().get_context_data(
            **{"rows": self.rows()} | kwargs,
            find=find,
            suggestions=[skill for skill in skills_named(find) if skill.pk not in own] if find else [],
        )

    def post(self, request, *args, **kwargs):
        if "skill" in request.POST:
            self.add(request.POST["skill"])
        rows = self.rows(request.POST)
        sent = {owned.skill_id: form for owned, form in rows if form.is_bound}
        if not all([form.is_valid() for form in sent.values()]):  # noqa: C419 - every row shows its errors
            return self.render_to_response(self.get_context_data(rows=rows))
        changes = {pk: form.cleaned_data for pk, form in sent.items() if form.changed()}
        removed = [pk for pk, form in sent.items() if form.cleaned_data["remove"]]
        is_save = not {"skill", "look"} & request.POST.keys()
        if changes or is_save:
            profiles.save_skills(user=request.user, changes=changes, removed=removed)
            messages.success(request, _("Your skills are saved."))
        return HttpResponseRedirect(self.get_success_url() if is_save else self.get_search_url())

    def add(self, slug):
        skill = get_object_or_404(Skill.objects.active(), slug=slug)
        profiles.add_skill(user=self.request.user, skill=skill)
        self.profile = own_profile(self.request.user)
        added = _("“%(skill)s” is in your profile. Say how well you know it below.") % {"skill": skill}
        messages.success(self.request, added)

    def get_search_url(self):
        """The page again, with what was looked for; after a skill was added, ready for the next."""
        looked = self.find and "look" in self.request.POST
        return self.request.path + (f"?{urlencode({'find': self.find})}" if looked else "")


class Offer(StepMixin, ServiceFormView):
    step = "offer"
    form_class = OfferForm
    template_name = "members/steps/offer.html"
    done = _("What you offer is saved.")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": self.profile}

    def save(self, form):
        fields = form.changed() | {"sectors": form.cleaned_data["sectors"], "shown": form.shown_words("sectors")}
        profiles.save_offer(user=self.request.user, **fields)


class Visibility(StepMixin, ServiceFormView):
    step = "visibility"
    form_class = VisibilityForm
    template_name = "members/steps/visibility.html"
    done = _("Saved. It holds from now on, on every page.")
    success_url = reverse_lazy("members:profile-review")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": self.profile}

    def save(self, form):
        profiles.save_visibility(user=self.request.user, at_most=form.cleaned_data, **form.changed())


class Review(TemplateView):
    """The whole profile as it stands, with what is missing and what that would bring."""

    template_name = "members/steps/review.html"

    def get(self, request, *args, **kwargs):
        self.profile = own_profile(request.user)
        if self.profile is None:
            return redirect("members:profile-about")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **kwargs,
            area="me",
            profile=self.profile,
            missing=self.profile.missing(),
        )
