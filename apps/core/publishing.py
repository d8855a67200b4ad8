"""What staff write stands as a draft, is published now or at a time, and can be withdrawn.

Being public is a question to the clock, not the work of a job: whatever is published from a moment in the past is
public, whether or not a worker runs.
"""

from datetime import datetime

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import audit


class PublishingQuerySet(models.QuerySet):
    def published(self):
        return self.filter(state=self.model.State.PUBLISHED, public_from__lte=Now())

    def scheduled(self):
        return self.filter(state=self.model.State.PUBLISHED, public_from__gt=Now())

    def not_public(self):
        """Drafts, what is to be public later, what was withdrawn."""
        return self.filter(~Q(state=self.model.State.PUBLISHED) | Q(public_from__gt=Now()))

    def drafts(self):
        return self.filter(state=self.model.State.DRAFT)


class Publishable(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    public_from = models.DateTimeField(_("public from"), null=True, blank=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="published") | Q(public_from__isnull=False),
                name="%(class)s_published_has_a_moment",
            )
        ]

    @property
    def is_public(self) -> bool:
        return self.state == self.State.PUBLISHED and self.public_from <= timezone.now()

    @property
    def is_scheduled(self) -> bool:
        return self.state == self.State.PUBLISHED and self.public_from > timezone.now()


STATE = Publishable.State
NEXT = {
    STATE.DRAFT: {STATE.PUBLISHED},
    STATE.PUBLISHED: {STATE.PUBLISHED, STATE.WITHDRAWN},  # published anew: at another moment
    STATE.WITHDRAWN: {STATE.PUBLISHED, STATE.DRAFT},
}


class NotNow(Exception):
    """The record is in a state from which this does not lead."""


class NotReady(Exception):
    """The record lacks what a public one has; the text says what."""


@transaction.atomic
def publish(*, obj: Publishable, actor, at: datetime | None = None) -> Publishable:
    """Make it public, now or from ``at`` on. Publishing what is public already changes nothing."""
    obj = _locked(obj)
    if obj.is_public and at is None:
        return obj
    return _decide(obj, actor, STATE.PUBLISHED, public_from=at or timezone.now())


@transaction.atomic
def withdraw(*, obj: Publishable, actor, reason: str = "") -> Publishable:
    """Take it out of public sight at once: page, lists, search, feeds. Also takes back a date that was set."""
    obj = _locked(obj)
    if obj.state == STATE.WITHDRAWN:
        return obj
    return _decide(obj, actor, STATE.WITHDRAWN, reason=reason)


@transaction.atomic
def to_draft(*, obj: Publishable, actor) -> Publishable:
    """Take a withdrawn record up again."""
    obj = _locked(obj)
    if obj.state == STATE.DRAFT:
        return obj
    return _decide(obj, actor, STATE.DRAFT, public_from=None)


def _locked(obj: Publishable) -> Publishable:
    return type(obj)._base_manager.select_for_update(of=("self",)).get(pk=obj.pk)


def _decide(obj, actor, state, *, reason: str = "", **values) -> Publishable:
    if state not in NEXT[obj.state]:
        raise NotNow
    detail = {"from": obj.state} | ({"reason": reason} if reason else {})
    values |= {"state": state, "decided_at": timezone.now(), "decided_by": actor}
    for name, value in values.items():
        setattr(obj, name, value)
    obj.save(update_fields=list(values))
    audit.record(actor=actor, verb=f"{obj._meta.label_lower}.{state}", target=obj, **detail)
    return obj
