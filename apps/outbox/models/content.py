from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..querysets import MailContentQuerySet


class MailContent(models.Model):
    """What a mail says, rendered once for each language, with [[placeholders]] where a recipient's own values go.

    A content is never changed, so a worker may keep it in memory by its number. What came through Django's mail
    functions has a content of its own, which is blanked with the mail.
    """

    kind = models.CharField(_("kind"), max_length=60)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    sender = models.CharField(_("sender's name"), max_length=200, blank=True)
    reply_to = models.EmailField(_("answers go to"), blank=True)
    list_id = models.CharField(_("list"), max_length=100, blank=True, help_text=_("Of a newsletter: RFC 2919."))
    subject = models.CharField(_("subject"), max_length=250, blank=True)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(_("HTML"), blank=True)
    placeholders = ArrayField(models.CharField(max_length=40), verbose_name=_("placeholders"), default=list)
    attachments = models.JSONField(
        _("attachments"), default=list, blank=True, help_text=_("Name, type and base64 of each.")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)  # of all the above: the same text is one row
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    blanked_at = models.DateTimeField(_("blanked"), null=True, blank=True)

    objects = MailContentQuerySet.as_manager()

    class Meta:
        verbose_name = _("content of mails")
        verbose_name_plural = _("contents of mails")

    def __str__(self):
        return f"{self.kind} ({self.language})"
