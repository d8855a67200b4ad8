from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import MD5, Now
from django.utils.translation import gettext_lazy as _

from ..querysets import MailBatchQuerySet, MailEventQuerySet, OutgoingMailQuerySet
from .content import MailContent


class Lane(models.IntegerChoices):
    """Whose mail goes first: the lower number."""

    ACCOUNT = 1, _("Account: somebody waits for it")
    NOTICE = 2, _("Notice: about one event, message or application")
    BULK = 3, _("Bulk: newsletters")


class State(models.TextChoices):
    QUEUED = "queued", _("Queued")
    CLAIMED = "claimed", _("Taken by a worker")
    HANDOVER = "handover", _("Being handed over")
    SENT = "sent", _("Sent")
    RETRY = "retry", _("Will be tried again")
    FAILED = "failed", _("Failed")
    UNCERTAIN = "uncertain", _("Uncertain: it may have arrived")
    WITHHELD = "withheld", _("Withheld")
    EXPIRED = "expired", _("Expired before it could be sent")
    SUPERSEDED = "superseded", _("Replaced by another mail")


# The table of allowed moves. A trigger of the migrations holds the same table in the database; a test keeps them equal.
NEXT: dict[State, set[State]] = {
    State.QUEUED: {State.CLAIMED, State.WITHHELD, State.EXPIRED, State.SUPERSEDED},
    State.CLAIMED: {
        State.HANDOVER, State.QUEUED, State.RETRY, State.FAILED, State.WITHHELD, State.EXPIRED, State.SUPERSEDED,
    },
    State.HANDOVER: {State.SENT, State.RETRY, State.FAILED, State.UNCERTAIN, State.QUEUED},
    State.RETRY: {State.CLAIMED, State.QUEUED, State.WITHHELD, State.EXPIRED, State.SUPERSEDED},
    State.UNCERTAIN: {State.SENT, State.QUEUED, State.WITHHELD, State.FAILED},
    State.FAILED: {State.QUEUED},
    State.WITHHELD: {State.QUEUED},
    State.SENT: set(),
    State.EXPIRED: set(),
    State.SUPERSEDED: set(),
}  # fmt: skip
WAITING = [State.QUEUED, State.RETRY]  # a worker may take it
HELD = [State.CLAIMED, State.HANDOVER]  # a worker has it, until its lease ends
UNSENT = [*WAITING, State.CLAIMED]  # nothing of it has left yet
GIVEN_UP = [State.SUPERSEDED, State.WITHHELD, State.EXPIRED]  # its key is free for another mail
TOLD = [State.UNCERTAIN, State.FAILED, *GIVEN_UP]  # few, and what staff look for
ENDED = [State.SENT, State.FAILED, *GIVEN_UP]


class MailBatch(models.Model):
    """Mails that are paused and resumed together: one edition of a newsletter."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    paused_because = models.CharField(_("why it is paused"), max_length=200, blank=True)
    figures = models.JSONField(
        _("figures"), default=dict, blank=True, help_text=_("Mails by state, of those already let go.")
    )

    objects = MailBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch of mails")
        verbose_name_plural = _("batches of mails")

    def __str__(self):
        return self.name


class OutgoingMail(models.Model):
    """One mail to one recipient. PostgreSQL holds its state; workers only come and look."""

    kind = models.CharField(_("kind"), max_length=60)
    lane = models.SmallIntegerField(_("lane"), choices=Lane)
    content = models.ForeignKey(MailContent, models.PROTECT, related_name="mails", verbose_name=_("content"))
    batch = models.ForeignKey(
        MailBatch, models.PROTECT, null=True, blank=True, related_name="mails", verbose_name=_("batch"), db_index=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("account"),
        db_index=False,
    )  # fmt: skip
    to = models.EmailField(_("recipient"), max_length=254)
    values = models.JSONField(_("the recipient's own values"), default=dict, blank=True)
    about_id = models.BigIntegerField(
        _("what it is about"),
        null=True,
        blank=True,
        help_text=_("The number of what the mail is about; the kind knows of what."),
    )
    dedupe_key = models.CharField(_("key"), max_length=200, help_text=_("The same wish twice is one mail."))
    message_key = models.GeneratedField(
        expression=MD5(F("dedupe_key")), output_field=models.CharField(max_length=32), db_persist=True,
        verbose_name=_("left part of the Message-ID"),
    )  # fmt: skip

    state = models.CharField(_("state"), max_length=10, choices=State, db_default=State.QUEUED)
    attempts = models.SmallIntegerField(_("attempts"), default=0, db_default=0)
    created_at = models.DateTimeField(_("queued"), db_default=Now())
    next_attempt_at = models.DateTimeField(_("next attempt"), db_default=Now())
    expires_at = models.DateTimeField(_("worth sending until"), null=True, blank=True)

    worker = models.CharField(_("worker"), max_length=80, blank=True, db_default="")
    lease_until = models.DateTimeField(_("the worker has it until"), null=True, blank=True)
    claimed_at = models.DateTimeField(_("taken"), null=True, blank=True)
    handover_at = models.DateTimeField(_("handover of its batch began"), null=True, blank=True)
    started_at = models.DateTimeField(
        _("its own handover began"), null=True, blank=True, help_text=_("Of an uncertain mail.")
    )
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    smtp_code = models.SmallIntegerField(_("answer of the mail server"), null=True, blank=True)
    smtp_text = models.CharField(_("in words"), max_length=300, blank=True, db_default="")

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        permissions = [("decide_outgoingmail", "Can retry, withhold, settle and pause mails")]
        constraints = [
            models.UniqueConstraint(
                fields=["message_key"], condition=~Q(state__in=GIVEN_UP), name="one_mail_for_one_wish"
            ),
            models.CheckConstraint(condition=Q(lane__in=Lane.values), name="mail_has_a_lane"),
            models.CheckConstraint(
                condition=~Q(state__in=HELD) | (Q(lease_until__isnull=False) & ~Q(worker="")),
                name="mail_in_hand_has_a_worker_and_a_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.HANDOVER) | Q(handover_at__isnull=False),
                name="mail_in_handover_says_since_when",
            ),
            models.CheckConstraint(
                condition=Q(state=State.SENT, sent_at__isnull=False) | ~Q(state=State.SENT) & Q(sent_at__isnull=True),
                name="mail_sent_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(lane=Lane.BULK) | Q(batch__isnull=False), name="bulk_mail_can_be_paused"
            ),
        ]
        # Few, because every change of state writes into each of them.
        indexes = [
            models.Index(fields=["lane", "next_attempt_at", "id"], condition=Q(state__in=WAITING), name="mail_waiting"),
            models.Index(fields=["lease_until"], condition=Q(state__in=HELD), name="mail_in_hand"),
            models.Index(fields=["kind", "about_id"], condition=Q(state__in=UNSENT), name="mail_unsent_about"),
            models.Index(fields=["state", "id"], condition=Q(state__in=TOLD), name="mail_to_be_looked_at"),
            BrinIndex(fields=["created_at", "batch"], pages_per_range=16, name="mail_created"),
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"

    @property
    def message_id(self) -> str:
        """The same for the same wish, however often it is tried, and after a restore too."""
        return f"<{self.message_key}@{settings.MAIL_DOMAIN}>"


class MailEvent(models.Model):
    """What happened to a mail beside the ordinary way, and who or what caused it. Append-only."""

    class What(models.TextChoices):
        RETRY = "retry", _("To be tried again")
        FAILED = "failed", _("Failed")
        UNCERTAIN = "uncertain", _("Uncertain")
        SETTLED = "settled", _("Settled")
        REQUEUED = "requeued", _("Queued again")
        WITHHELD = "withheld", _("Withheld")
        EXPIRED = "expired", _("Expired")
        SUPERSEDED = "superseded", _("Replaced")
        DELIVERED = "delivered", _("Delivered, says the mail server")
        BOUNCED = "bounced", _("Came back")
        DEFERRED = "deferred", _("Delayed on its way")
        COMPLAINED = "complained", _("Called spam by its reader")

    mail = models.ForeignKey(OutgoingMail, models.CASCADE, related_name="events", verbose_name=_("mail"))
    at = models.DateTimeField(_("at"), db_default=Now())
    what = models.CharField(_("what"), max_length=12, choices=What)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    smtp_code = models.SmallIntegerField(_("answer of the mail server"), null=True, blank=True)
    cause = models.CharField(_("caused by"), max_length=80, help_text=_("A worker, a log, a provider or a person."))
    actor_id = models.BigIntegerField(_("account"), null=True, blank=True)
    provider_event = models.CharField(
        _("the provider's number"), max_length=120, blank=True, help_text=_("Each is taken once.")
    )

    objects = MailEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event of a mail")
        verbose_name_plural = _("events of mails")
        constraints = [
            models.UniqueConstraint(
                fields=["cause", "provider_event"], condition=~Q(provider_event=""), name="one_event_once"
            ),
        ]

    def __str__(self):
        return f"{self.mail_id}: {self.what}"
