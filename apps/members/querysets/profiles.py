from django.apps import apps
from django.db import models
from django.db.models import Q

from apps.core.sites import is_staff_here

EVERYONE, MEMBERS = 3, 2  # Audience.PUBLIC, Audience.MEMBERS: models stand above querysets


def reads_as(user) -> int:
    """Return the audience to which somebody belongs on the portal's pages, as a value of ``Audience``.

    "Members" are people with a confirmed address (no sign-in without one) and a profile of their own. Staff read
    these pages as members do; what only the IOM team may see is opened in the administration, with a purpose.
    """
    if user.is_authenticated and (hasattr(user, "profile") or is_staff_here(user)):
        return MEMBERS
    return EVERYONE


class ProfileQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whose profile may this person open? Staff with the right to it: all, in the administration."""
        if user.is_staff and user.has_perm("members.view_profile"):
            return self
        listed = Q(listing__gte=reads_as(user), user__is_active=True)
        return self.filter(listed | Q(user=user) if user.is_authenticated else listed)

    def of(self, user):
        return self.filter(user=user)

    def listed(self):
        return self.filter(listing__gte=MEMBERS)

    def to_be_found(self):
        """Those whom the directory holds or should hold: what a rebuild goes through."""
        entries = apps.get_model("members", "directoryentry").objects
        return self.filter(Q(listing__gte=MEMBERS) | Q(pk__in=entries.values("profile")))

    def public_experts(self):
        """Listed for everyone, and offering assignments or talks that everyone may see: the directory's first tab."""
        offers = Q(offers_assignments=True) | Q(offers_remote=True) | Q(offers_talks=True)
        return self.filter(offers, listing=EVERYONE, offer_audience=EVERYONE, user__is_active=True)

    def with_everything(self):
        """All that a profile page shows: five queries, one a kind of row."""
        return self.select_related("user", "country", "region").prefetch_related(
            "ties", "sectors", _with("languages", "language"), _with("skills", "skill")
        )


def _with(rows: str, term: str) -> models.Prefetch:
    """Rows of a kind with the word they speak of, in one query."""
    model = apps.get_model("members", f"profile{term}")
    return models.Prefetch(rows, model.objects.select_related(term))
