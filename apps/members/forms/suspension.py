from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

LONGEST = timedelta(days=366)


class SuspensionForm(forms.Form):
    until = forms.DateField(
        label=_("Show my profile again on"),
        help_text=_("From tomorrow up to a year from now."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_until(self):
        day, today = self.cleaned_data["until"], localdate()
        if not today < day <= today + LONGEST:
            raise ValidationError(_("Choose a day from tomorrow up to a year from now."))
        return day
