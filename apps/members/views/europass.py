"""Fill from one's own Europass CV: choose the file, look at what it would fill in, tick, done.

The file is read and forgotten. Between the two pages what it says travels in the page itself, signed.
"""

from dataclasses import asdict
from itertools import groupby

from django.contrib import messages
from django.core import signing
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from apps.core.views import ServiceFormView

from ..europass import CannotRead, Cv, read
from ..forms import EuropassForm
from ..models import SkillLevel
from ..services import europass
from .steps import PartMixin

DAY = 24 * 60 * 60
LEVELS = {str(level) for level in SkillLevel}


def signer_for(user) -> str:
    return f"members.europass.{user.pk}"


class Europass(PartMixin, ServiceFormView):
    needs_profile = False
    title = _("Fill from my Europass CV")
    form_class = EuropassForm
    template_name = "members/steps/europass.html"

    def form_valid(self, form):
        try:
            cv = read(form.cleaned_data["file"].read())
        except CannotRead as why:
            form.add_error("file", str(why))
            return self.form_invalid(form)
        found, unplaced = europass.proposals(profile=self.profile, cv=cv)
        context = self.get_context_data(
            form=form,
            groups=[(part, list(rows)) for part, rows in groupby(found, key=lambda one: one.part)],
            unread=[*unplaced, *cv.unread],
            said=signing.dumps(asdict(cv), salt=signer_for(self.request.user), compress=True),
            can_fill=self.profile is not None or bool(cv.name),
        )
        self.template_name = "members/steps/europass_found.html"
        return self.render_to_response(context)


@require_POST
def fill_from_europass(request):
    try:
        data = signing.loads(request.POST.get("said", ""), salt=signer_for(request.user), max_age=DAY)
    except signing.BadSignature:
        messages.error(request, _("This page was too old. Please choose the file again."))
        return redirect("members:profile-europass")
    keys = set(request.POST.getlist("take"))
    levels = {key: int(level) for key in keys if (level := request.POST.get(f"level-{key}")) in LEVELS}
    not_taken = europass.fill(user=request.user, cv=Cv.from_plain(data), keys=keys, levels=levels)
    if not_taken is None:
        return redirect("members:profile-about")
    if not_taken.changed:
        why = _("Your profile was changed meanwhile, so this was not taken from the CV: %(rows)s.")
        messages.warning(request, why % {"rows": "; ".join(not_taken.changed)})
    if not_taken.no_room:
        why = _("A profile holds %(most)s rows of a kind, so there was no room for: %(rows)s. All else is in it.")
        messages.warning(request, why % {"most": europass.MOST, "rows": "; ".join(not_taken.no_room)})
    if not (not_taken.changed or not_taken.no_room):
        messages.success(request, _("What you ticked is in your profile. Look it over, and choose who sees each part."))
    return redirect("members:profile-review")
