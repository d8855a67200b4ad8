"""What a member wants to hear of, and how often."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.models import Country, Sector

from ..models import Profile


class PaceForm(forms.Form):
    pace = forms.TypedChoiceField(
        label=_("How often"),
        choices=Profile._meta.get_field("match_pace").choices,
        coerce=int,
        widget=forms.RadioSelect,
    )


class FollowForm(forms.Form):
    """One list of countries and fields of work; the value says which of the two it is."""

    subject = forms.ChoiceField(label=_("Country or field of work"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.subjects = {f"country-{term.code}": ("country", term) for term in Country.objects.active().by_name()}
        self.subjects |= {f"sector-{term.slug}": ("sector", term) for term in Sector.objects.active().by_name()}

        def named(kind):
            return [(value, str(term)) for value, (what, term) in self.subjects.items() if what == kind]

        self.fields["subject"].choices = [
            ("", "---------"),
            (_("Fields of work"), named("sector")),
            (_("Countries"), named("country")),
        ]

    def chosen(self) -> dict:
        """Return ``{"country": …}`` or ``{"sector": …}``."""
        kind, term = self.subjects[self.cleaned_data["subject"]]
        return {kind: term}
