"""Why somebody opens a person's data: asked for, kept for one record and half an hour, written to the audit.

Apps that know good reasons (a call, a mission) fill the slot ``purpose.choices`` with sentences to pick from.
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.forms import CharField, ChoiceField, Form, HiddenInput, Textarea
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from . import audit, slots

HOLDS = timedelta(minutes=30)
LONGEST = 200


class PurposeForm(Form):
    OPEN, GO_ON = "open", "go on"

    purpose_choice = ChoiceField(label=_("For"), required=False)
    purpose = CharField(
        label=_("Why do you open this person's data?"),
        help_text=_("One sentence. The person sees it, with the name of your unit, in the list of who has looked."),
        min_length=8,
        max_length=LONGEST,
        widget=Textarea(attrs={"rows": 2, "cols": 60, "autofocus": True}),
    )
    then = ChoiceField(choices=[(OPEN, ""), (GO_ON, "")], widget=HiddenInput, required=False)

    def __init__(self, data=None, *, choices=(), **kwargs):
        super().__init__(data, **kwargs)
        if choices:
            self.fields["purpose_choice"].choices = [("", _("Something else, in your own words"))] + [
                (str(choice), str(choice)) for choice in choices
            ]
            self.fields["purpose"].required = False
        else:
            del self.fields["purpose_choice"]

    def clean(self):
        reason, words = self.cleaned_data.get("purpose_choice"), self.cleaned_data.get("purpose")
        if reason:
            self.cleaned_data["purpose"] = f"{reason}: {words}"[:LONGEST] if words else reason[:LONGEST]
        elif not words and "purpose" not in self.errors:
            self.add_error("purpose", ValidationError(self.fields["purpose"].error_messages["required"]))
        return self.cleaned_data


def form_for(request, obj=None) -> PurposeForm:
    """The question, answered by what was posted, if anything was."""
    posted = request.POST if "then" in request.POST else None
    return PurposeForm(posted, choices=slots.fill("purpose.choices", request, obj))


def given(request, obj) -> str:
    """What this reader said a while ago about this record, if that still holds."""
    purpose, until = request.session.get("purposes", {}).get(_key(obj), ("", 0))
    return purpose if until > now().timestamp() else ""


def open_record(request, obj, *, person: int, purpose: str) -> None:
    """Write that the record is opened, and why; the reason holds from here on."""
    audit.read(actor=request.user, person=person, what="opened", purpose=purpose, target=obj)
    moment = now()
    kept = request.session.get("purposes", {})
    still = {key: said for key, said in kept.items() if said[1] > moment.timestamp()}
    still[_key(obj)] = (purpose, (moment + HOLDS).timestamp())
    request.session["purposes"] = still


def _key(obj) -> str:
    return f"{obj._meta.label}:{obj.pk}"
