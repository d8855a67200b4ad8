from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    """Why a mail is withheld or a batch is paused: whoever comes after will want to know."""

    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("One sentence, without the name or address of a recipient. It is kept with your name."),
        min_length=4,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class AddressForm(forms.Form):
    """An address to look up; it is hashed here and kept nowhere."""

    address = forms.EmailField(
        label=_("Email address"), max_length=254, widget=forms.EmailInput(attrs={"class": "vTextField"})
    )
