from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ..querysets import SuppressionQuerySet
from .mail import Lane


class Suppression(models.Model):
    """An address that notices and newsletters no longer go to, known only by a keyed hash that outlives erasure.

    Account mails still go: somebody has just asked for them.
    """

    class Reason(models.TextChoices):
        BOUNCED = "bounced", _("The address does not exist or takes no mail")
        COMPLAINED = "complained", _("Its reader called a mail spam")
        STAFF = "staff", _("Decided by staff")

    key = models.CharField(_("hash of the address"), max_length=64, unique=True)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    detail = models.CharField(_("in words"), max_length=300, blank=True)
    since = models.DateTimeField(_("since"), auto_now_add=True)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")

    def __str__(self):
        return self.key[:12]


class LanePace(models.Model):
    """One row a lane, shared by all workers of all machines: the next free moment, and a rest after trouble."""

    lane = models.SmallIntegerField(_("lane"), primary_key=True, choices=Lane)
    next_slot_at = models.DateTimeField(_("next free moment"), db_default=Now())
    rests_until = models.DateTimeField(_("rests until"), null=True, blank=True)
    rest_seconds = models.IntegerField(_("length of the last rest"), default=0, db_default=0)
    rests_because = models.CharField(_("why it rests"), max_length=300, blank=True, db_default="")

    class Meta:
        verbose_name = _("pace of a lane")
        verbose_name_plural = _("paces of lanes")
        constraints = [models.CheckConstraint(condition=Q(lane__in=Lane.values), name="pace_of_a_lane")]

    def __str__(self):
        return str(self.get_lane_display())


class Handover(models.Model):
    """The batch that one worker is handing over: its lease, and how far it has come.

    The mails of this worker with a lower number than ``started_id`` are sent, that one is on its way, the others are
    not begun. One small row is written a mail, and the mails' own rows once a batch.
    """

    worker = models.CharField(_("worker"), max_length=80, primary_key=True)
    lease_until = models.DateTimeField(_("the worker has it until"))
    server_started_at = models.DateTimeField(_("the database server's start, as it was then"))
    started_id = models.BigIntegerField(_("mail whose own handover began last"), null=True)
    started_at = models.DateTimeField(_("when that was"), null=True)

    class Meta:
        verbose_name = _("batch in handover")
        verbose_name_plural = _("batches in handover")

    def __str__(self):
        return self.worker


class Heartbeat(models.Model):
    """When a worker, or the beat, was last seen."""

    class Who(models.TextChoices):
        WORKER = "worker", _("Worker")
        BEAT = "beat", _("Beat")

    name = models.CharField(_("name"), max_length=80, primary_key=True)
    who = models.CharField(_("who"), max_length=6, choices=Who)
    seen_at = models.DateTimeField(_("last seen"), db_default=Now())
    handed_over = models.BigIntegerField(_("mails handed over"), default=0, db_default=0)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self):
        return self.name


class LogPosition(models.Model):
    """How far the mail server's log was read, and from when to when it was read without a gap."""

    path = models.CharField(_("file"), max_length=300, primary_key=True)
    inode = models.BigIntegerField(default=0)
    offset = models.BigIntegerField(default=0)
    covers_from = models.DateTimeField(_("read from"), null=True, blank=True)
    covers_until = models.DateTimeField(_("read until"), null=True, blank=True)
    pending = models.JSONField(
        default=dict, blank=True, help_text=_("Queue numbers whose Message-ID was read, and not yet their end.")
    )

    class Meta:
        verbose_name = _("position in the mail server's log")
        verbose_name_plural = _("positions in the mail server's log")

    def __str__(self):
        return self.path
