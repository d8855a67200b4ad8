from django.db import models
from django.db.models import Q


class MessageQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(Q(sender=user) | Q(recipient=user))

    def received_by(self, user):
        return self.filter(recipient=user).order_by("-sent_at")

    def with_people(self):
        return self.select_related("sender__profile", "recipient__profile")

    def sent_since(self, sender, moment):
        return self.filter(sender=sender, sent_at__gte=moment)

    def deliverable(self):
        """Their reader's account is open."""
        return self.filter(recipient__is_active=True)

    def before(self, moment):
        return self.filter(sent_at__lt=moment)
