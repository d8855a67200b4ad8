"""Four languages are written two at a time: the English, and beside it one language that the reader chooses.

The texts of the other languages are not in the form, so nothing that is saved here can touch them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db.models import CharField, URLField
from django.forms.models import ModelForm
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from .. import translated
from ..translated import OTHERS, SOURCE

PARAMETER = "beside"
NAMES = dict(settings.LANGUAGES)
A_LINE = 200  # signs; what may be longer is written on several


@dataclass(frozen=True)
class Choice:
    """A link above the form: a language, and how much of it is still to be done."""

    label: str | Promise
    url: str
    current: bool
    waits: str = ""


class BesideEnglishForm(ModelForm):
    still_right = forms.BooleanField(required=False, label="")
    beside = ""  # the language; the admin sets it on the form's class

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        outdated = self._outdated()
        if not self.beside:
            del self.fields["still_right"]
        if box := self.fields.get("still_right"):
            box.label = _("The English has changed: the %(language)s still holds") % {"language": NAMES[self.beside]}
            if not outdated:
                box.widget = forms.HiddenInput()
        for name in translated.missing_in(self.instance, self.beside) if self.beside else ():
            self._tell(name, "lacks", _("Missing"))
        for name in outdated:
            self._tell(name, "stale", _("Out of date: the English has changed since"))

    @property
    def confirmed(self) -> list[str]:
        """The languages of which somebody said that their texts still hold."""
        return [self.beside] if self.cleaned_data.get("still_right") else []

    def _outdated(self) -> list[str]:
        return translated.outdated_in(self.instance, self.beside) if self.beside and self.instance.pk else []

    def _tell(self, name, kind, words):
        if field := self.fields.get(f"{name}_{self.beside}"):
            field.help_text = format_html('<span class="{}">{}</span> {}', kind, words, field.help_text)


class BesideEnglishMixin:
    """For a ModelAdmin or an inline over a `Translated` model: `fields` and `fieldsets` name texts without a language.

    ``?beside=fr`` chooses the language and is kept when saving; without it, it is the reader's own.
    """

    form = BesideEnglishForm
    formfield_overrides = {URLField: {"assume_scheme": "https"}}

    def language_beside(self, request) -> str:
        """Return the language beside the English, "" for English alone."""
        chosen = request.GET.get(PARAMETER, getattr(request.user, "language", SOURCE))
        return chosen if chosen in OTHERS else ""

    def get_fieldsets(self, request, obj=None):
        """Each text becomes a line of two fields; above the first stands the box that says "still right"."""
        beside, texts = self.language_beside(request), translated.text_fields(self.model)
        may_change = self.has_change_permission(request, obj)
        sets, has_box = [], not (beside and may_change)
        for name, options in super().get_fieldsets(request, obj):
            fields = [field for field in options["fields"] if may_change or self._is_shown_to_readers(field)]
            if not has_box and (places := [fields.index(text) for text in texts if text in fields]):
                fields.insert(min(places), "still_right")
                has_box = True
            fields = [self._in_two(field, beside) if field in texts else field for field in fields]
            classes = [*options.get("classes", ()), "beside"]
            sets.append((name, options | {"fields": fields, "classes": classes}))
        return sets

    def _is_shown_to_readers(self, name) -> bool:
        """Whoever may only look gets no field that is the form's own and no column."""
        columns = {field.name for field in self.model._meta.get_fields()}
        return not isinstance(name, str) or name in columns or name not in self.form.base_fields

    def _in_two(self, name: str, beside: str) -> str | tuple:
        return (f"{name}_{SOURCE}", f"{name}_{beside}") if beside else f"{name}_{SOURCE}"

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.beside = self.language_beside(request)
        return form

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if original := getattr(db_field, "translated_field", None):
            field.label = format_lazy("{} ({})", capfirst(original.verbose_name), NAMES[db_field.language])
            field.required = db_field.language == SOURCE and not original.blank
            if isinstance(original, CharField) and original.max_length > A_LINE:
                field.widget = AdminTextareaWidget({"rows": 3, "maxlength": original.max_length})
            field.widget.attrs["lang"] = db_field.language
        return field


class BesideEnglishInline(BesideEnglishMixin):
    """The same for an inline; put it before StackedInline."""

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.beside = self.language_beside(request)
        return formset


class BesideEnglishAdmin(BesideEnglishMixin):
    """The same for a ModelAdmin, with the links above the form and what is written kept by a service."""

    change_form_template = "admin/core/beside.html"

    @admin.display(description=_("to translate"))
    def to_translate(self, obj):
        """The languages that lack a text, and those whose texts are older than the English."""
        return to_do(obj.lacking, obj.stale)

    def rows_to_translate(self, obj) -> Iterable:
        """The record, and whatever belongs to it and is translated."""
        return [obj]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["beside"] = self._choices(request, obj)
        context["beside_language"] = self.language_beside(request)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def _choices(self, request, obj) -> list[Choice]:
        rows, current = list(self.rows_to_translate(obj)) if obj else [], self.language_beside(request)
        choices = [
            Choice(NAMES[code], self._query(request, code), code == current, _waits(rows, code)) for code in OTHERS
        ]
        return [*choices, Choice(_("English alone"), self._query(request, SOURCE), not current)]

    def _query(self, request, code: str) -> str:
        query = request.GET.copy()
        query[PARAMETER] = code
        return f"?{query.urlencode()}"

    # --- writing ------------------------------------------------------------------------------------------------------
    def save_model(self, request, obj, form, change):
        self.write_row(request, obj, form)

    def save_formset(self, request, form, formset, change):
        rows = formset.save(commit=False)
        forms_of = {id(one.instance): one for one in formset.forms}
        for row in formset.deleted_objects:
            self.remove_row(request, row)
        for row in rows:
            self.write_row(request, row, forms_of[id(row)])
        formset.save_m2m()

    def write_row(self, request, row, form):
        """Save the record or one of its rows; where the row is translated, its lists follow."""
        if isinstance(row, translated.Translated):
            translated.write(row, changed=form.changed_data, confirmed=getattr(form, "confirmed", ()))
        else:
            row.save()

    def remove_row(self, request, row):
        row.delete()


def to_do(lacking: Iterable[str], stale: Iterable[str]) -> str:
    """The same for a list, short: "NL, DE missing; FR out of date"."""
    words = [(lacking, gettext("%(languages)s missing")), (stale, gettext("%(languages)s out of date"))]
    said = [
        sentence % {"languages": ", ".join(code.upper() for code in OTHERS if code in codes)}
        for codes, sentence in words
        if codes
    ]
    return "; ".join(said) or "-"


def _waits(rows, language: str) -> str:
    """How much is to be done in a language: "3 texts missing, 1 out of date"."""
    missing = sum(len(translated.missing_in(row, language)) for row in rows)
    outdated = sum(len(translated.outdated_in(row, language)) for row in rows)
    said = []
    if missing:
        said.append(ngettext("%(count)d text missing", "%(count)d texts missing", missing) % {"count": missing})
    if outdated:
        said.append(gettext("%(count)d out of date") % {"count": outdated})
    return ", ".join(said)
