"""One's own page as others get it: the page itself, with a bar over it."""

from copy import copy

from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from apps.core import slots

from .. import permissions
from ..models import PARTS, Audience, DataGrant, Profile
from ..querysets.profiles import Eyes
from .directory import ShowsProfile

HOST = "host"
AUDIENCES = {"everyone": Audience.PUBLIC, "members": Audience.MEMBERS, "iom": Audience.IOM, HOST: None}
LABELS = {
    "everyone": _("Everyone"),
    "members": _("Members"),
    "iom": _("IOM team"),
    HOST: _("A host institution"),
}


class SeeAs(ShowsProfile, TemplateView):
    def get(self, request, *args, **kwargs):
        if kwargs["audience"] not in AUDIENCES:
            raise Http404
        self.profile = Profile.objects.of(request.user).with_owner().first()
        if self.profile is None:
            return redirect("members:profile-about")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, audience, **kwargs):
        grants = (
            list(DataGrant.objects.visible_to(self.request.user).in_force().newest_first()) if audience == HOST else []
        )
        grant = self._chosen(grants)
        opens, shown = self._shown(AUDIENCES[audience], grant)
        return super().get_context_data(
            **kwargs,
            **self.told(self.profile, shown),
            area="me",
            seen_as={
                "audience": audience,
                "label": LABELS[audience],
                "labels": LABELS,
                "opens": opens,
                "parts": [
                    {
                        "name": part,
                        "label": Profile._meta.get_field(f"{part}_audience").verbose_name,
                        "shown": part in shown,
                    }
                    for part in PARTS
                ],
                "grant": grant,
                "grants": grants,
            },
        )

    def sections(self, profile) -> list:
        """Those that this audience gets, never those that the owner would: fillers meet a request of nobody's own."""
        reader = AUDIENCES[self.kwargs["audience"]]
        if reader is None or not self._opens(reader):
            return []  # a grant names parts of a profile and nothing else
        request = copy(self.request)
        request.user = Eyes(reader)
        return slots.fill("member.sections", request, profile)

    def _chosen(self, grants):
        asked = self.request.GET.get("grant", "")
        return next((grant for grant in grants if str(grant.pk) == asked), grants[0] if grants else None)

    def _shown(self, reader, grant):
        """Does the page open at all, and which parts are on it?"""
        if reader is None:
            return grant is not None, permissions.parts_of_grant(grant) if grant else set()
        opens = self._opens(reader)
        return opens, permissions.parts_for(self.profile, reader) if opens else set()

    def _opens(self, reader) -> bool:
        """The team opens it in the administration, also while it is listed for nobody or hidden for a time."""
        return reader == Audience.IOM or permissions.opens_to(self.profile, reader)
