from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..querysets.messages import MessageQuerySet


class Message(models.Model):
    """A message from one member to another; the portal carries it, so neither sees the other's address."""

    sender = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="messages_sent")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="messages_received")
    answers = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="replies")
    subject = models.CharField(_("subject"), max_length=120)
    text = models.TextField(_("message"), max_length=4000)
    sent_at = models.DateTimeField(_("sent"), auto_now_add=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [models.CheckConstraint(condition=~Q(sender=F("recipient")), name="nobody_writes_to_himself")]
        indexes = [models.Index(fields=["recipient", "-sent_at"], name="message_inbox")]

    def __str__(self):
        return self.subject

    def get_absolute_url(self):
        return reverse("members:message", args=[self.pk])
