from django import forms
from django.utils.translation import gettext_lazy as _


class MessageForm(forms.Form):
    subject = forms.CharField(label=_("Subject"), max_length=120)
    text = forms.CharField(label=_("Message"), max_length=4000, widget=forms.Textarea(attrs={"rows": 8}))


class AnswerForm(forms.Form):
    text = forms.CharField(label=_("Your answer"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}))
