"""Words for reading the outbox. What writes stands in services."""

import re

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Count, Exists, OuterRef, Value
from django.db.models.functions import MD5, JSONObject, Now

MESSAGE_KEY = re.compile(r"[0-9a-f]{32}")


class MailContentQuerySet(models.QuerySet):
    def unused(self):
        """No mail has it any longer."""
        mails = self.model._meta.get_field("mails").related_model.objects
        return self.exclude(Exists(mails.filter(content=OuterRef("pk"))))


class MailBatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.has_perm("outbox.view_outgoingmail") else self.none()

    def paused(self):
        return self.filter(paused_at__isnull=False)

    def with_counts(self):
        """Each with `counted`: how many of its mails are in which state, of those not yet let go."""
        mails = self.model._meta.get_field("mails").related_model.objects.filter(batch=OuterRef("pk"))
        by_state = mails.order_by().values("state").annotate(number=Count("pk"))
        return self.annotate(counted=ArraySubquery(by_state.values(row=JSONObject(state="state", number="number"))))


class OutgoingMailQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.has_perm("outbox.view_outgoingmail") else self.none()

    def in_state(self, *states):
        return self.filter(state__in=states)

    def known_as(self, name: str):
        """Those of this number, of this Message-ID or its left part, or to this address: whole, never in part."""
        name = name.strip().strip("<>")
        if name.isdecimal():
            return self.filter(pk=name)
        key = name.partition("@")[0].lower()
        return self.filter(message_key=key) if MESSAGE_KEY.fullmatch(key) else self.filter(to__iexact=name)

    def live(self):
        """All but those that were given up: their key is free for another mail."""
        return self.exclude(state__in=["superseded", "withheld", "expired"])

    def of_wish(self, dedupe_key):
        return self.filter(message_key=MD5(Value(dedupe_key)))

    def about(self, kind, *ids):
        return self.filter(kind=kind, about_id__in=ids)

    def due(self):
        """What a worker would take now, were its lane open."""
        waiting = self.filter(state__in=["queued", "retry"], next_attempt_at__lte=Now())
        return waiting.exclude(batch__paused_at__isnull=False)

    def counts(self) -> dict[str, int]:
        """How many are in each state."""
        return dict(self.order_by().values_list("state").annotate(Count("pk")))


class MailEventQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.has_perm("outbox.view_outgoingmail") else self.none()


class SuppressionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.has_perm("outbox.view_suppression") else self.none()

    def among(self, keys) -> set[str]:
        """Which of these hashes are suppressed."""
        return set(self.filter(key__in=keys).values_list("key", flat=True))
