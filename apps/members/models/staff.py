"""What staff keep beside a profile: notes, tags, saved searches. Notes are exported to the person they speak of."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..querysets.desk import SavedSearchQuerySet, StaffNoteQuerySet
from ..querysets.reports import MessageReportQuerySet
from .messages import Message
from .profile import Profile


class StaffNote(models.Model):
    """A note on a profile, for staff only, and for the person in his download."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="notes_written", verbose_name=_("author")
    )
    unit = models.CharField(_("unit"), max_length=200, blank=True)
    text = models.TextField(_("note"), max_length=2000)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = StaffNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note on a profile")
        verbose_name_plural = _("notes on profiles")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="note_says_something")]

    def __str__(self):
        return self.text[:60]


class Tag(models.Model):
    """A word by which staff find profiles again."""

    name = models.CharField(_("name"), max_length=60)
    profiles = models.ManyToManyField(Profile, blank=True, related_name="tags", verbose_name=_("profiles"))

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [models.UniqueConstraint(Lower("name"), name="one_tag_of_a_name")]

    def __str__(self):
        return self.name


class SavedSearch(models.Model):
    """A search over profiles that staff keep; it is asked anew each time, so it stays current."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("name"), max_length=100)
    query = models.CharField(
        _("search"), max_length=1000, help_text=_("The address line's part after the question mark.")
    )
    shared = models.BooleanField(_("colleagues see it too"), default=False)
    at = models.DateTimeField(_("saved"), auto_now_add=True)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_search_of_a_name")]

    def __str__(self):
        return self.name


class MessageReport(models.Model):
    """A reader reported a message. Only then may staff read it."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("a report", "Open")
        CLOSED = "closed", _("Closed")

    message = models.OneToOneField(Message, models.CASCADE, related_name="report", verbose_name=_("message"))
    reason = models.CharField(_("what is wrong with it"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=6, choices=State.choices, default=State.OPEN)
    answer = models.CharField(_("what was done"), max_length=500, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )
    at = models.DateTimeField(_("reported"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = MessageReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("reported message")
        verbose_name_plural = _("reported messages")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | Q(state="closed", closed_at__isnull=False),
                name="report_closed_says_when",
            )
        ]

    def __str__(self):
        return f"{self.message_id}: {self.state}"
