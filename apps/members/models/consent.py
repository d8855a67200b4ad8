from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..querysets.consents import ConsentQuerySet


class Consent(models.Model):
    """One line of the ledger: a person agreed, or took it back. Append-only; the newest line of a purpose holds."""

    class Purpose(models.TextChoices):
        TERMS = "terms", _("Privacy notice and legal notice")
        ADULT = "adult", _("Being 18 or older")
        TIES = "ties", _("Showing the places you are connected to")
        MATCHING = "matching", _("Being found by the IOM team for calls and assignments, though you are not listed")
        DIGEST = "digest", _("Emails about calls that fit you")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    given = models.BooleanField(_("given"))
    wording = models.TextField(_("wording"), help_text=_("Exactly what the person read."))
    language = models.CharField(_("language"), max_length=2)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [models.Index(fields=["user", "purpose", "-id"], name="consent_newest")]

    def __str__(self):
        return f"{self.get_purpose_display()}: {'given' if self.given else 'withdrawn'}"
