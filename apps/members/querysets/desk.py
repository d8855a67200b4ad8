"""What lies on the staff's desk beside a profile: notes, saved searches, documents that the team may open, deeds."""

from django.db import models
from django.db.models import Q

from apps.core.models import AuditEntry


class StaffNoteQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by("-at", "-pk")


class SavedSearchQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, and what colleagues share."""
        if not user.has_perm("members.view_savedsearch"):
            return self.none()
        return self.filter(Q(owner=user) | Q(shared=True))

    def by_name(self):
        return self.order_by("name", "pk")


class PrivateDocumentQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(profile__user=user)

    def for_the_team(self):
        return self.filter(for_iom=True).order_by("kind", "pk")


def deeds(user, by_staff) -> models.QuerySet:
    """What the audit knows of somebody's data: these deeds of staff, and what he saved himself; the latest first.

    No others: whom he shut out, what he agreed to, or who wrote to him is not for a history that staff read.
    """
    own = Q(actor_id=user.pk, verb__startswith="members.", verb__endswith="_saved")
    return AuditEntry.objects.about(user).filter(own | Q(verb__in=list(by_staff))).order_by("-at", "-pk")
