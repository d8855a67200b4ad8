"""The rows of a project that are words and numbers."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import UniqueConstraint
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _

from apps.core.admin import BesideEnglishForm, BesideEnglishInline

from ..counters import counters
from ..models import Citation, Deliverable, Indicator, Partnership, Period, Phase, Section
from ..models.project import OPEN_END
from .choices import ChoicesOnceMixin
from .rules import OfAProjectMixin


class PartFormSet(BaseInlineFormSet):
    """Of two rows that cannot both be, it says what the rule itself says."""

    def get_unique_error_message(self, unique_check):
        for rule in self.model._meta.constraints:
            if isinstance(rule, UniqueConstraint) and {*rule.fields} == {*unique_check}:
                return rule.get_violation_error_message()
        return super().get_unique_error_message(unique_check)


class PartInline(OfAProjectMixin, ChoicesOnceMixin, BesideEnglishInline, admin.StackedInline):
    """Closed until it is opened; one empty row, so that there is something to fill in without JavaScript."""

    formset = PartFormSet
    extra = 1
    classes = ["collapse"]


class SectionInline(PartInline):
    model = Section
    fields = ["heading", "body", "sources", "position"]


class PhaseInline(PartInline):
    model = Phase
    fields = ["title", "text", "first_year", "last_year", "state", "position"]


class PartnershipInline(PartInline):
    model = Partnership
    fields = ["organisation", "role", "note", "position"]


class DeliverableForm(BesideEnglishForm):
    def clean(self):
        """The rule of the database knows the columns without a language, which no form has."""
        cleaned = super().clean()
        if not (cleaned.get("planned_en") or cleaned.get("delivered_en")):
            raise ValidationError(_("Say what was planned, what was delivered, or both."))
        return cleaned


class DeliverableInline(PartInline):
    model = Deliverable
    form = DeliverableForm
    fields = ["label", "planned", "planned_source", "delivered", "delivered_source", "position"]


class CitationInline(PartInline):
    model = Citation
    fields = ["source", "what", "position"]


class PeriodFormSet(BaseInlineFormSet):
    def clean(self):
        """The database refuses periods that overlap; here it is said before."""
        super().clean()
        kept = [form.cleaned_data for form in self.forms if not self._should_delete_form(form) and form.has_changed()]
        kept += [
            {"first_year": form.instance.first_year, "last_year": form.instance.last_year}
            for form in self.initial_forms
            if not form.has_changed()
        ]
        years = sorted(
            (row["first_year"], row.get("last_year") or OPEN_END) for row in kept if row.get("first_year") is not None
        )
        if any(later[0] <= earlier[1] for earlier, later in zip(years, years[1:], strict=False)):
            raise ValidationError(_("Two periods of a project cannot overlap."))


class PeriodInline(OfAProjectMixin, admin.TabularInline):
    model = Period
    formset = PeriodFormSet
    fields = ["first_year", "last_year"]
    extra = 1
    classes = ["collapse"]


class IndicatorForm(BesideEnglishForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if field := self.fields.get("counter"):
            known = [(counter.key, counter.label) for counter in counters().values()]
            kept = self.instance.counter
            known += [(kept, kept)] if kept and kept not in dict(known) else []
            field.widget = forms.Select(choices=[("", _("figures that a source reports")), *known])


class IndicatorInline(PartInline):
    """What is reported, with its sources and dates, has a page of its own behind "Change"."""

    model = Indicator
    form = IndicatorForm
    fields = ["name", "target", "bound", "source", "counter", "position"]
    show_change_link = True
