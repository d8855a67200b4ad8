"""What staff ask and write in the administration: the search over profiles, notes, tags, saved searches, exports."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from apps.core.sheets import CSV, XLSX
from apps.core.text import fold
from apps.core.vocabulary import words

from ..models import Audience, LanguageLevel, Offer, Profile, StaffNote, Tag
from ..querysets.profiles import ProfileQuerySet

ANY = ("", _("Any"))
LISTED_FOR = [
    (Audience.ONLY_ME.value, _("Nobody")),
    (Audience.MEMBERS.value, _("Members")),
    (Audience.PUBLIC.value, _("Everyone")),
]
WORDS = "q"  # the administration's own name for the words of a search


def _words(kind: str) -> list:
    """All that there are: only those that somebody has would tell what hidden parts hold."""
    return [ANY, *((w.code, w.name) for w in sorted(words(kind).by_code.values(), key=lambda w: fold(w.name)))]


def _tags() -> list:
    return [ANY, *Tag.objects.order_by("name").values_list("pk", "name")]


def _day(label):
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


#: parameter → the word of the queryset that it stands for; language and dates, which come in pairs, are spelled out
CRITERIA = {
    "skill": "able_in",
    "country": "living_in",
    "sector": "working_in",
    "offer": "offering",
    "tag": "tagged",
    "listed": "listed_for",
}


class StaffSearchForm(forms.Form):
    """The criteria, each a parameter of the address line.

    What cannot be read is said and narrows nothing, so that a list shows the rest: ``left_aside`` names it to those who
    would take the list for the answer.
    """

    skill = forms.CharField(label=_("Skill"), required=False, max_length=100)
    language = forms.ChoiceField(label=_("Language"), required=False, choices=lambda: _words("languages"))
    level = forms.ChoiceField(label=_("At least"), required=False, choices=[ANY, *LanguageLevel.choices])
    country = forms.ChoiceField(label=_("Lives in"), required=False, choices=lambda: _words("countries"))
    sector = forms.ChoiceField(label=_("Field of work"), required=False, choices=lambda: _words("sectors"))
    offer = forms.ChoiceField(
        label=_("Offers"), required=False, choices=[ANY, *((offer.field, offer.label) for offer in Offer)]
    )
    free_from = _day(_("Free from"))
    free_until = _day(_("Free until"))
    tag = forms.ChoiceField(label=_("Tag"), required=False, choices=_tags)
    listed = forms.ChoiceField(label=_("Listed for"), required=False, choices=[ANY, *LISTED_FOR])

    def clean(self):
        asked = super().clean()
        if asked.get("level") and not asked.get("language") and "language" not in self.errors:
            self.add_error("level", _("Choose a language too."))
        return asked

    def left_aside(self) -> list[str]:
        """The labels of what cannot be read."""
        return [str(self.fields[name].label) for name in self.errors]

    def narrow(self, profiles: ProfileQuerySet) -> ProfileQuerySet:
        """Those who meet every criterion that can be read."""
        self.is_valid()
        asked = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        for name, word in CRITERIA.items():
            if name in asked:
                profiles = getattr(profiles, word)(asked[name])
        if "language" in asked:
            profiles = profiles.speaking(asked["language"], asked.get("level", ""))
        if "free_from" in asked or "free_until" in asked:
            profiles = profiles.free_between(asked.get("free_from"), asked.get("free_until"))
        return profiles


def kept(query: str) -> str:
    """The part of an address line that is a search: without pages, orders and what was left empty."""
    asked = QueryDict(query)
    search = QueryDict(mutable=True)
    for name in (WORDS, *StaffSearchForm.base_fields):
        if value := (asked.get(name) or "").strip():
            search[name] = value
    return search.urlencode()


def left_aside(query: str) -> list[str]:
    """What of a kept search cannot be read any more: a tag that is gone, a word that the taxonomy let go."""
    return StaffSearchForm(QueryDict(query)).left_aside()


def found_by(query: str, profiles: ProfileQuerySet) -> ProfileQuerySet:
    """Whom a kept search finds today: nobody, once a part of it cannot be read, for the rest finds other people."""
    asked = QueryDict(query)
    form = StaffSearchForm(asked)
    return form.narrow(profiles.telling(asked.get(WORDS, ""))) if form.is_valid() else profiles.none()


class SavedSearchForm(forms.Form):
    name = forms.CharField(label=_("Save this search as"), max_length=100)
    shared = forms.BooleanField(label=_("Colleagues see it too"), required=False)
    query = forms.CharField(max_length=1000, widget=forms.HiddenInput)

    def clean_query(self):
        query = kept(self.cleaned_data["query"])
        if not query:
            raise forms.ValidationError(_("This search asks for nothing."))
        if names := left_aside(query):
            raise forms.ValidationError(_("This search cannot be read: %(names)s.") % {"names": ", ".join(names)})
        return query


class NoteForm(forms.ModelForm):
    """Read by the team, and by the person in the download of his data."""

    class Meta:
        model = StaffNote
        fields = ["text"]
        labels = {"text": _("New note")}
        help_texts = {
            "text": _("For colleagues. The person reads it in the download of his or her data: write accordingly.")
        }
        widgets = {"text": forms.Textarea(attrs={"rows": 4, "cols": 60})}


class TagsForm(forms.Form):
    """The tags of one profile."""

    tags = forms.ModelMultipleChoiceField(
        label=_("Tags"), queryset=Tag.objects.order_by("name"), required=False, widget=forms.CheckboxSelectMultiple
    )
    new = forms.CharField(label=_("Another tag"), max_length=60, required=False)

    def __init__(self, *args, profile: Profile, **kwargs):
        super().__init__(*args, initial={"tags": profile.tags.all()}, **kwargs)


class ExportForm(forms.Form):
    purpose = forms.CharField(
        label=_("Why do you take these people's data out?"),
        help_text=_("One sentence. Each of them sees it, with the name of your unit."),
        min_length=8,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
    )
    kind = forms.ChoiceField(
        label=_("File"),
        choices=[(XLSX, _("Spreadsheet (XLSX)")), (CSV, _("Text with commas (CSV)"))],
        initial=XLSX,
        widget=forms.RadioSelect,
    )
