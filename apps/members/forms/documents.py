from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from apps.core import documents

from ..models import PrivateDocument


class SizedFileField(forms.FileField):
    """A file within the limit of the settings."""

    def to_python(self, data):
        upload = super().to_python(data)
        if upload and upload.size > settings.DOCUMENT_MAX_BYTES:
            limit = filesizeformat(settings.DOCUMENT_MAX_BYTES)
            raise ValidationError(_("This file is larger than %(limit)s. Choose a smaller one.") % {"limit": limit})
        return upload


class DocumentField(SizedFileField):
    """A PDF, DOCX or ODT by its content; what it is stands in ``content_type`` afterwards."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": documents.ACCEPTED}))
        super().__init__(**kwargs)

    def to_python(self, data):
        upload = super().to_python(data)
        if upload:
            upload.content_type = documents.kind_of(upload).content_type
        return upload


class DocumentForm(forms.Form):
    kind = forms.ChoiceField(label=_("What it is"), choices=PrivateDocument.Kind.choices)
    name = forms.CharField(
        label=_("Name"), max_length=120, required=False, help_text=_("Leave empty to keep the file’s own name.")
    )
    file = DocumentField(
        label=_("File"), help_text=_("PDF, DOCX or ODT, up to 8 MB. A new CV takes the place of the old one.")
    )
    for_iom = forms.BooleanField(
        label=_("The IOM team may open it, with a purpose that you see"), required=False, initial=True
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("file") and not cleaned.get("name"):
            cleaned["name"] = cleaned["file"].name.rsplit(".", 1)[0][:120] or str(_("Document"))
        return cleaned


class EuropassForm(forms.Form):
    file = SizedFileField(
        label=_("Your Europass CV"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.xml,.json,application/pdf,text/xml,application/json"}),
        help_text=_("The PDF that Europass makes today, its XML, or the older XML or JSON; up to 8 MB."),
    )
