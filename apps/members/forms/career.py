"""Forms for what a profile holds several of: jobs, degrees, times when somebody is free, links.

Each is a row: one that is there carries its number, an empty one adds, and a tick takes away.
"""

from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from apps.core.models import Country

from ..models import Availability, Degree, Occupation
from ..services.career import MOST
from .profile import with_blank
from .shown import ShownMixin

FIRST_DAY = date(1930, 1, 1)
YEAR = timedelta(days=365)


def day_input():
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class RowForm(ShownMixin, forms.Form):
    """What every row has: its number, and the tick that takes it away."""

    id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    remove = forms.BooleanField(label=_("Take this away"), required=False)

    def full_clean(self):
        super().full_clean()
        if self.is_bound and self.cleaned_data.get("remove"):  # nobody has to put right what he takes away
            self._errors.clear()
            self.cleaned_data = {"id": self.cleaned_data.get("id"), "remove": True}

    def clean(self):  # without ModelForm's, which would say in the database's words what is said at the field
        return self.cleaned_data

    @property
    def is_new(self) -> bool:
        return not self["id"].value()

    def in_order(self, first: str, last: str, message: str) -> None:
        given = self.cleaned_data.get(first), self.cleaned_data.get(last)
        if None not in given and given[1] < given[0]:
            self.add_error(last, message)


class OccupationForm(RowForm, forms.ModelForm):
    class Meta:
        model = Occupation
        fields = ["title", "organisation", "country", "started_on", "ended_on", "text"]
        widgets = {"started_on": day_input(), "ended_on": day_input(), "text": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "started_on": _("Only month and year are shown: any day of the month will do."),
            "ended_on": _("Leave empty if you still do it."),
        }

    def clean(self):
        self.in_order("started_on", "ended_on", _("This is before the beginning."))
        for name in ("started_on", "ended_on"):
            day = self.cleaned_data.get(name)
            if day and not FIRST_DAY <= day <= localdate() + 5 * YEAR:
                self.add_error(name, _("Choose a day between 1930 and five years from now."))
        return self.cleaned_data


class DegreeForm(RowForm, forms.ModelForm):
    year = forms.IntegerField(label=_("Year"), required=False, min_value=1930, max_value=2100)
    level = forms.TypedChoiceField(
        label=_("Level"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "---------"), *((number, str(number)) for number in range(1, 9))],
        help_text=_("Of the European Qualifications Framework: 4 upper secondary, 6 bachelor, 7 master, 8 doctorate."),
    )

    class Meta:
        model = Degree
        fields = ["title", "institution", "country", "year", "level"]


class AvailabilityForm(RowForm, forms.ModelForm):
    min_weeks = forms.IntegerField(label=_("At least, in weeks"), required=False, min_value=1, max_value=260)
    max_weeks = forms.IntegerField(label=_("At most, in weeks"), required=False, min_value=1, max_value=260)
    countries = forms.ModelMultipleChoiceField(
        Country.objects.none(),
        label=_("Ready to go to"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("No country ticked means: anywhere."),
    )
    country = forms.ModelChoiceField(Country.objects.none(), label=_("Another country"), required=False)

    class Meta:
        model = Availability
        fields = ["starts_on", "ends_on", "min_weeks", "max_weeks", "on_site", "remote", "countries"]
        widgets = {"starts_on": day_input(), "ends_on": day_input()}

    def clean(self):
        given = self.cleaned_data
        self.in_order("starts_on", "ends_on", _("This is before the beginning."))
        self.in_order("min_weeks", "max_weeks", _("This is less than “at least”."))
        for name in ("starts_on", "ends_on"):
            day = given.get(name)
            if day and not localdate() - YEAR <= day <= localdate() + 5 * YEAR:
                self.add_error(name, _("Choose a day between last year and five years from now."))
        if not given.get("on_site") and not given.get("remote"):
            self.add_error("on_site", _("On site, at a distance, or both?"))
        given["countries"] = {*(given.get("countries") or ()), given.pop("country", None)} - {None}
        return given


class LinkForm(RowForm):
    label = forms.CharField(label=_("What it is"), max_length=60, help_text=_("“My portfolio”, “LinkedIn”."))
    url = forms.URLField(
        label=_("Address"),
        max_length=300,
        assume_scheme="https",
        validators=[URLValidator(schemes=["https"])],
        error_messages={"invalid": _("Enter an address that begins with https://.")},
    )


class BaseRows(forms.BaseFormSet):
    """Rows of one kind. The countries are asked for once, whatever the number of rows."""

    def __init__(self, *args, offered=(), **kwargs):
        super().__init__(*args, **kwargs)
        for form in self.forms:
            form.use_required_attribute = False
            if "country" in form.fields:
                form.fields["country"].queryset = Country.objects.all()
                form.fields["country"].choices = with_blank(offered, first=("BE", "LU"))

    def rows(self) -> list[dict]:
        """What was typed: neither the rows left empty, nor those that stand as the page had shown them."""
        typed = [form for form in self.forms if form.cleaned_data and form.has_changed()]
        return [form.cleaned_data for form in typed if form.changed().keys() - {"id"}]


class BaseWindows(BaseRows):
    def __init__(self, *args, offered=(), near=(), **kwargs):
        super().__init__(*args, offered=offered, **kwargs)
        near = set(near)
        for form in self.forms:
            own = near | {int(pk) for pk in form["countries"].value() or () if str(pk).isdecimal()}
            shown = [country for country in offered if country.priority or country.pk in own]
            form.fields["countries"].queryset = Country.objects.all()
            form.fields["countries"].choices = [(country.pk, str(country)) for country in shown]
            others = [country for country in offered if country not in shown]
            form.fields["country"].choices = with_blank(others)


class BaseLinks(BaseRows):
    def clean(self):
        urls = [form.cleaned_data.get("url") for form in self.forms if not form.cleaned_data.get("remove")]
        if any(url and urls.count(url) > 1 for url in urls):
            raise ValidationError(_("An address is there twice. Take one of the two away."))


def rows_of(form, formset):
    return forms.formset_factory(form, formset, extra=1, max_num=MOST, absolute_max=MOST + 5, validate_max=True)


OccupationRows = rows_of(OccupationForm, BaseRows)
DegreeRows = rows_of(DegreeForm, BaseRows)
WindowRows = rows_of(AvailabilityForm, BaseWindows)
LinkRows = rows_of(LinkForm, BaseLinks)
