from datetime import timedelta

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import now

KEPT = timedelta(days=90)


def told_to_its_sender() -> Q:
    """What its sender may still know of: a message that stays longer was reported, and he is not told so."""
    return Q(sent_at__gt=now() - KEPT)


class MessageQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(Q(sender=user) & told_to_its_sender() | Q(recipient=user))

    def received_by(self, user):
        """What lies in somebody's letter box: nothing from people whom he has blocked, until he takes that back."""
        return self.filter(~_blocked_by_the_reader(), recipient=user).order_by("-sent_at")

    def with_answer_of(self, user):
        """Each says as ``waits`` whether this person has yet to answer it, and can."""
        answers = self.model._default_manager.filter(answers=OuterRef("pk"), sender=user)
        can_be_answered = Q(sender__is_active=True) & ~_blocked_by_the_sender()
        return self.annotate(waits=can_be_answered & ~Exists(answers))

    def waiting_for(self, user):
        """Of what lies in his letter box, what this person has yet to answer."""
        return self.received_by(user).with_answer_of(user).filter(waits=True)

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


def _blocked_by_the_sender() -> Exists:
    blocks = apps.get_model("members", "block").objects
    return Exists(blocks.filter(blocker=OuterRef("sender"), blocked=OuterRef("recipient")))
