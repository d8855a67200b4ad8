from functools import reduce
from operator import or_

from django.apps import apps
from django.db import models
from django.db.models import Q

EVERYONE, MEMBERS = 3, 2  # Audience.PUBLIC, Audience.MEMBERS: models stand above querysets


def reads_as(user) -> int:
    """Return the audience to which somebody belongs on the portal's pages, as a value of ``Audience``.

    "Members" are people with a confirmed address (no sign-in without one) and a profile of their own. Staff read
    these pages as members do; what only the IOM team may see is opened in the administration, with a purpose.
    """
    if user.is_authenticated and (user.is_staff or hasattr(user, "profile")):
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

    def public_experts(self):
        """Listed for everyone, and offering something that everyone may see: the directory's first tab."""
        offers = ["assignments", "remote", "talks", "mentoring"]
        return self.filter(listing=EVERYONE, offer_audience=EVERYONE, user__is_active=True).filter(
            reduce(or_, (Q(**{f"offers_{offer}": True}) for offer in offers))
        )

    def with_everything(self):
        """All that a profile page shows: five queries, one a kind of row."""
        return self.select_related("user", "country", "region").prefetch_related(
            "ties", "sectors", _with("languages", "language"), _with("skills", "skill")
        )


def _with(rows: str, term: str) -> models.Prefetch:
    """Rows of a kind with the word they speak of, in one query."""
    model = apps.get_model("members", f"profile{term}")
    return models.Prefetch(rows, model.objects.select_related(term))
