"""What a member decides about his data: whom he shuts out, with whom it is shared, its download, its end."""

from secrets import token_urlsafe

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import Country, Sector

from ..querysets.blocks import BlockQuerySet
from ..querysets.matching import FollowQuerySet
from ..querysets.privacy import DataExportQuerySet, DataGrantQuerySet, ErasureQuerySet


def export_path(export, filename) -> str:
    return f"exports/{token_urlsafe(24)}.zip"


class Block(models.Model):
    """Somebody does not want to be seen or written to by somebody. The other is not told."""

    blocker = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="blocks")
    blocked = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="blocked_by")
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = BlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="a_block_once"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="nobody_blocks_himself"),
        ]

    def __str__(self):
        return f"{self.blocker_id} ⊘ {self.blocked_id}"


class DataGrant(models.Model):
    """Data of a member shared with a host institution, ministry or partner: an explicit, dated act with its consent."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="data_grants")
    to = models.CharField(_("shared with"), max_length=200)
    parts = models.JSONField(_("what is shared"), default=list)
    purpose = models.CharField(_("purpose"), max_length=300)
    wording = models.TextField(_("wording"), help_text=_("Exactly what the person read."))
    language = models.CharField(_("language"), max_length=2)
    given_at = models.DateTimeField(_("given"), auto_now_add=True)
    until = models.DateField(_("until"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    objects = DataGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("shared data")
        verbose_name_plural = _("shared data")
        constraints = [
            models.CheckConstraint(condition=~Q(to="") & ~Q(purpose=""), name="grant_says_to_whom_and_why"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
                name="grant_ends_after_it_began",
            ),
        ]

    def __str__(self):
        return self.to


class Follow(models.Model):
    """A member wants to hear of a country or a field; the apps that have news send the notices."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="follows")
    country = models.ForeignKey(Country, models.CASCADE, null=True, blank=True, related_name="+")
    sector = models.ForeignKey(Sector, models.CASCADE, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("since"), auto_now_add=True)

    objects = FollowQuerySet.as_manager()

    class Meta:
        verbose_name = _("followed subject")
        verbose_name_plural = _("followed subjects")
        constraints = [
            models.UniqueConstraint(fields=["user", "country"], name="a_country_followed_once"),
            models.UniqueConstraint(fields=["user", "sector"], name="a_sector_followed_once"),
            models.CheckConstraint(
                condition=Q(country__isnull=True, sector__isnull=False) | Q(country__isnull=False, sector__isnull=True),
                name="one_subject_is_followed",
            ),
        ]

    def __str__(self):
        return str(self.country or self.sector)


class DataExport(models.Model):
    """A download of everything that the portal holds of a person, built in the background."""

    class State(models.TextChoices):
        ASKED = "asked", _("Being put together")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Did not work")
        GONE = "gone", _("Deleted")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="data_exports")
    state = models.CharField(_("state"), max_length=6, choices=State.choices, default=State.ASKED)
    done = models.PositiveSmallIntegerField(_("done, in per cent"), default=0)
    file = models.FileField(_("file"), upload_to=export_path, blank=True)
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    ready_at = models.DateTimeField(_("ready"), null=True, blank=True)
    expires_at = models.DateTimeField(_("can be fetched until"), null=True, blank=True)
    # Whoever builds it says again and again until when; after a kill the next one takes over.
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)

    objects = DataExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("download of one's data")
        verbose_name_plural = _("downloads of one's data")
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(state="asked"), name="one_export_at_a_time"),
            models.CheckConstraint(condition=Q(done__lte=100), name="export_done_in_per_cent"),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(ready_at__isnull=False, expires_at__isnull=False),
                name="export_ready_says_when",
            ),
        ]

    def __str__(self):
        return f"{self.user_id}: {self.state}"


class Erasure(models.Model):
    """An account is to be deleted: hidden at once, purged after a grace of 14 days in which it can be taken back."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="erasure")
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    due_at = models.DateTimeField(_("deleted at"))
    cancel_key = models.CharField(max_length=64, unique=True, editable=False, help_text=_("Hash of the link's secret."))

    objects = ErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("deletion of an account")
        verbose_name_plural = _("deletions of accounts")
        constraints = [models.CheckConstraint(condition=Q(due_at__gt=F("asked_at")), name="erasure_leaves_a_grace")]

    def __str__(self):
        return f"{self.user_id}: {self.due_at:%Y-%m-%d}"


class ErasedAccount(models.Model):
    """The number of an account that was erased, and nothing else: after a restore it is erased again."""

    user_id = models.BigIntegerField(_("number"), primary_key=True)
    erased_at = models.DateTimeField(_("erased"), auto_now_add=True)

    class Meta:
        verbose_name = _("erased account")
        verbose_name_plural = _("erased accounts")

    def __str__(self):
        return str(self.user_id)
