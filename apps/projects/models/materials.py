"""What a project gives to read and to watch. An address names the record, not the file: a new file keeps the link."""

from pathlib import PurePath
from secrets import token_urlsafe

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.models import Language

from ..querysets.materials import DocumentQuerySet
from .project import Part


def material_path(material, filename) -> str:
    return f"projects/{token_urlsafe(16)}{PurePath(filename).suffix.lower()}"


class Document(Part):
    title = models.CharField(_("title"), max_length=160)
    language = models.ForeignKey(Language, models.PROTECT, related_name="+", verbose_name=_("language"))
    file = models.FileField(_("file"), upload_to=material_path, help_text=_("PDF, DOCX or ODT."))
    content_type = models.CharField(max_length=100, editable=False)
    pages = models.PositiveSmallIntegerField(_("pages"), null=True, blank=True, editable=False)
    size = models.PositiveIntegerField(_("size"), default=0, editable=False)  # bytes
    is_public = models.BooleanField(_("for everyone"), default=True, help_text=_("Else for the team only."))
    replaced_at = models.DateTimeField(_("replaced"), null=True, blank=True, editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta(Part.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("projects:document", args=[self.pk])


class Video(Part):
    """A film of our own, or a link to one elsewhere: never a frame."""

    title = models.CharField(_("title"), max_length=160)
    language = models.ForeignKey(Language, models.PROTECT, related_name="+", verbose_name=_("spoken language"))
    file = models.FileField(_("file"), upload_to=material_path, blank=True, help_text=_("MP4 or WebM."))
    content_type = models.CharField(max_length=100, blank=True, editable=False)
    size = models.PositiveIntegerField(_("size"), default=0, editable=False)  # bytes
    captions = models.FileField(_("captions"), upload_to=material_path, blank=True, help_text=_("WebVTT."))
    url = models.URLField(_("or its web address"), blank=True)

    class Meta(Part.Meta):
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        constraints = [
            models.CheckConstraint(
                condition=(~Q(file="") & Q(url="")) | (Q(file="") & ~Q(url="")),
                name="video_is_ours_or_elsewhere",
                violation_error_message=_("Give a file or a web address, not both."),
            )
        ]

    def __str__(self):
        return self.title


class Picture(Part):
    """The first one stands at the top of the page. `alt` is asked for, unless the picture only adorns."""

    image = models.FileField(_("picture"), upload_to=material_path)  # WebP, at most 1,600 pixels wide
    small = models.FileField(upload_to=material_path, editable=False)  # the same at 640
    width = models.PositiveSmallIntegerField(default=0, editable=False)
    height = models.PositiveSmallIntegerField(default=0, editable=False)
    alt = models.CharField(_("what it shows"), max_length=200, blank=True, help_text=_("For those who do not see it."))
    is_decorative = models.BooleanField(_("only adorns the page"), default=False)
    credit = models.CharField(_("credit"), max_length=120, blank=True)
    # Where the eye goes, in per cent from the left and from the top: what stays when the picture is cut.
    focus_x = models.PositiveSmallIntegerField(
        _("focus, from the left"), default=50, validators=[MaxValueValidator(100)]
    )
    focus_y = models.PositiveSmallIntegerField(
        _("focus, from the top"), default=50, validators=[MaxValueValidator(100)]
    )
    people_agreed = models.BooleanField(
        _("whoever can be recognised has agreed"), default=False, help_text=_("Needed for pictures of people.")
    )

    class Meta(Part.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_decorative=True) | ~Q(alt=""),
                name="picture_says_what_it_shows",
                violation_error_message=_("Say what the picture shows, or that it only adorns the page."),
            ),
            models.CheckConstraint(condition=Q(focus_x__lte=100) & Q(focus_y__lte=100), name="picture_focus_is_inside"),
        ]

    def __str__(self):
        return self.alt or str(self.pk)
