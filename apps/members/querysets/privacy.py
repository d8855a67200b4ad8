from django.db import models
from django.db.models import Q
from django.utils.timezone import localdate


class DataGrantQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user=user)

    def in_force(self):
        """Given, not taken back, and not yet over."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=localdate()), withdrawn_at__isnull=True)

    def newest_first(self):
        return self.order_by("-given_at", "-pk")


class DataExportQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user=user)

    def newest(self):
        return self.order_by("-pk").first()

    def unfinished(self):
        """Asked for, or tried in vain."""
        return self.filter(state__in=[self.model.State.ASKED, self.model.State.FAILED])

    def ready(self, moment):
        """Their file can be fetched."""
        return self.filter(state=self.model.State.READY, expires_at__gt=moment)

    def to_be_built(self, moment):
        """Asked for, and in nobody's hands."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=moment)
        return self.filter(free, state=self.model.State.ASKED)

    def ready_before(self, moment):
        return self.filter(state=self.model.State.READY, ready_at__lt=moment)


class ErasureQuerySet(models.QuerySet):
    def due(self, moment):
        """Their grace is over, and nobody has opened the account again."""
        return self.filter(due_at__lte=moment, user__is_active=False)
