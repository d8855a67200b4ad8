from django.db import models
from django.db.models import Max


class ConsentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.has_perm("members.view_consent") else self.filter(user=user)

    def agreeing(self, purpose):
        """The newest line of each person who agrees to this purpose now."""
        newest = self.filter(purpose=purpose).order_by().values("user").annotate(newest=Max("pk")).values("newest")
        return self.filter(pk__in=newest, given=True)

    def given_by(self, user):
        """What this person agrees to now: the newest line of each purpose, where it says so."""
        newest = self.filter(user=user).order_by().values("purpose").annotate(newest=Max("pk")).values("newest")
        return self.filter(pk__in=newest, given=True)

    def of(self, user):
        """A person's own lines, whatever his rights over those of others."""
        return self.filter(user=user)

    def newest_first(self):
        return self.order_by("-pk")

    def holds(self, user, purpose) -> bool:
        """Does this person agree to this purpose now? The newest line of the ledger says."""
        newest = self.filter(user=user, purpose=purpose).order_by("-id").first()
        return newest is not None and newest.given
