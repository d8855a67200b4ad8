from django.db import models


class ConsentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.has_perm("members.view_consent") else self.filter(user=user)

    def holds(self, user, purpose) -> bool:
        """Does this person agree to this purpose now? The newest line of the ledger says."""
        newest = self.filter(user=user, purpose=purpose).order_by("-id").first()
        return newest is not None and newest.given
