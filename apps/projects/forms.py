"""What staff ask of projects outside the forms of the administration."""

from django import forms
from django.conf import settings
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from .models import Organisation, Project
from .services import reports


def _day(label):
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class ReportForm(forms.Form):
    """A report to a donor: on published projects, and on those of one's own teams."""

    donor = forms.ModelChoiceField(label=_("Donor"), queryset=Organisation.objects.none())
    project = forms.ModelChoiceField(
        label=_("Project"),
        queryset=Project.objects.none(),
        required=False,
        empty_label=_("All that it funds and that ran in the period"),
    )
    first_day = _day(_("First day"))
    last_day = _day(_("Last day"))
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("What is not translated yet is given in English.")
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        funded = Project.objects.visible_to(user).with_a_donor()
        self.fields["project"].queryset = funded.order_by("title")
        self.fields["donor"].queryset = Organisation.objects.funding(funded).order_by("name")

    def clean_last_day(self):
        day = self.cleaned_data["last_day"]
        if day > localdate():
            raise forms.ValidationError(_("That day has not come yet."))
        return day

    def clean(self):
        asked = super().clean()
        if self.errors:
            return asked
        if asked["last_day"] < asked["first_day"]:
            self.add_error("last_day", _("It ends before it begins."))
        elif not reports.projects_of(user=self.user, **{n: v for n, v in asked.items() if n != "language"}).exists():
            self.add_error(
                "project" if asked["project"] else "donor",
                _("This organization does not fund this project.")
                if asked["project"]
                else _("No project that it funds, and that you may see, ran in this period."),
            )
        return asked
