from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q


class MessageQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(Q(sender=user) | Q(recipient=user))

    def received_by(self, user):
        """What lies in somebody's letter box: nothing from people whom he has blocked, until he takes that back."""
        return self.filter(~_blocked_by_the_reader(), recipient=user).order_by("-sent_at")

    def with_answer_of(self, user):
        """Each says as ``is_answered`` whether this person has answered it."""
        answers = self.model._default_manager.filter(answers=OuterRef("pk"), sender=user)
        return self.annotate(is_answered=Exists(answers))

    def with_people(self):
        return self.select_related("sender__profile", "recipient__profile")

    def sent_since(self, sender, moment):
        return self.filter(sender=sender, sent_at__gte=moment)

    def deliverable(self):
        """Their reader's account is open, and he has not blocked the sender since."""
        return self.filter(~_blocked_by_the_reader(), recipient__is_active=True)

    def past_keeping(self, moment):
        """Older than this moment; of those reported, the ones whose report was closed before it."""
        closed = Q(report=None) | Q(report__closed_at__lt=moment)
        return self.filter(closed, sent_at__lt=moment)


def _blocked_by_the_reader() -> Exists:
    blocks = apps.get_model("members", "block").objects
    return Exists(blocks.filter(blocker=OuterRef("recipient"), blocked=OuterRef("sender")))
