"""What a project gives to read and to watch. A new file takes the place of the old one; the address stays."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.core.admin import BesideEnglishForm

from ..models import Document, Picture, Video
from ..services import materials
from .parts import PartInline


class UploadForm(BesideEnglishForm):
    """A file comes in through ``upload``; a service looks into it and puts it into the row.

    ``take`` is that service. Django's own widget would link to the stored file, which has no address.
    """

    upload = forms.FileField(required=False, label=_("File"))
    take = None
    held, also = "file", ()  # the fields that it fills

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.taken = []
        if (field := self.fields.get("upload")) and (link := self.link()):
            field.label = _("New file in its place")
            field.help_text = format_html("{} {}", link, field.help_text)

    def link(self) -> str:
        """A link to what the row holds today."""
        if not (self.instance.pk and getattr(self.instance, self.held)):
            return ""
        return format_html('<a href="{}">{}</a>', self.address(), _("The file of today"))

    def address(self) -> str:
        raise NotImplementedError

    def clean(self):
        cleaned = super().clean()
        if upload := cleaned.get("upload"):
            self._take("upload", type(self).take, upload, self.held)
        elif self.is_needed() and not getattr(self.instance, self.held) and "upload" not in self.errors:
            self.add_error("upload", _("Choose a file."))
        return cleaned

    def _take(self, field, service, upload, held):
        try:
            service(self.instance, upload)
        except ValidationError as refusal:
            self.add_error(field, refusal)
        else:
            self.taken += [getattr(self.instance, name) for name in (held, *self.also)]

    def is_needed(self) -> bool:
        return True


class UploadsMixin:
    """For a ModelAdmin whose forms take files: where something else was wrong, the old files stay and the new ones go.

    A file is taken while its form is checked, and the old one goes once that is committed; so nothing is committed.
    """

    def render_change_form(self, request, context, *args, **kwargs):
        response = super().render_change_form(request, context, *args, **kwargs)
        if request.method == "POST":
            forms_shown = [context["adminform"].form]
            forms_shown += [form for inline in context["inline_admin_formsets"] for form in inline.formset.forms]
            for form in forms_shown:
                for file in getattr(form, "taken", ()):
                    file.storage.delete(file.name)
            transaction.set_rollback(True)
        return response


class DocumentForm(UploadForm):
    take = staticmethod(materials.take_document)

    def address(self):
        return self.instance.get_absolute_url()


class DocumentInline(PartInline):
    model = Document
    form = DocumentForm
    fields = ["title", "upload", "language", "is_public", "position"]


class VideoForm(UploadForm):
    take = staticmethod(materials.take_video)
    captions_upload = forms.FileField(required=False, label=_("Captions"), help_text=_("WebVTT."))

    def address(self):
        return reverse("projects:video", args=[self.instance.pk])

    def is_needed(self):
        return not self.cleaned_data.get("url")

    def clean(self):
        cleaned = super().clean()
        if upload := cleaned.get("captions_upload"):
            self._take("captions_upload", materials.take_captions, upload, "captions")
        return cleaned


class VideoInline(PartInline):
    model = Video
    form = VideoForm
    fields = ["title", "upload", "captions_upload", "url", "language", "position"]


class PictureForm(UploadForm):
    take = staticmethod(materials.take_picture)
    held, also = "image", ("small",)

    def address(self):
        return reverse("projects:picture", args=[self.instance.pk, "large"])

    def link(self):
        """The picture itself, on which the point that must stay in sight can be chosen."""
        if not (self.instance.pk and self.instance.image):
            return ""
        return format_html(
            '<img class="focus-on" src="{}" alt="{}" width="{}" height="{}" data-prefix="{}">',
            reverse("projects:picture", args=[self.instance.pk, "small"]),
            self.instance.alt,
            320,
            round(320 * self.instance.height / (self.instance.width or 320)),
            self.prefix,
        )


class PictureInline(PartInline):
    model = Picture
    form = PictureForm
    fields = ["upload", "alt", "is_decorative", "credit", ("focus_x", "focus_y"), "people_agreed", "position"]
