"""What members tell of themselves."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from apps.core import images
from apps.core.models import Country, Language, Region, Sector

from ..models import PARTS, Audience, LanguageLevel, Profile, SkillLevel
from .shown import ShownMixin, plain

YEAR = timedelta(days=365)
TIES_WORDING = _(
    "I agree that the portal keeps the places I am connected to. They can reveal my origin, so I decide who sees "
    "them, and I can take this back at any time: they are then deleted."
)

TIES_WITHDRAWN = _("I no longer agree that the portal keeps the places I am connected to.")


class PhotoField(forms.ImageField):
    """A JPEG, PNG or WebP by its content, whole, and within the limits of the settings."""

    default_validators = []  # Django's look at the name's end; the content decides

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": images.ACCEPTED}))
        super().__init__(**kwargs)

    def to_python(self, data):
        if not data:
            return None
        images.check(data)
        return super().to_python(data)


class AboutForm(ShownMixin, forms.ModelForm):
    together = ("country", "region", "place")

    photo = PhotoField(
        label=_("Photo"),
        required=False,
        help_text=_("JPEG, PNG or WebP, up to 8 MB. We remove hidden data such as the place where it was taken."),
    )
    remove_photo = forms.BooleanField(label=_("Remove the photo"), required=False)

    class Meta:
        model = Profile
        fields = ["display_name", "other_name", "headline", "about", "country", "region", "place"]
        widgets = {
            "display_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "other_name": forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
            "about": forms.Textarea(attrs={"rows": 6}),
            "country": forms.Select(attrs={"autocomplete": "country"}),
            "region": forms.Select(attrs={"autocomplete": "address-level1"}),
            "place": forms.TextInput(attrs={"autocomplete": "address-level2"}),
        }
        help_texts = {
            "display_name": _("As you write it yourself. This is the name others see."),
            "other_name": _("سلمى حداد, Անահիտ, ሕይወት: it stands beside your name, for whoever sees that."),
            "headline": _("One line that says what you do: “Midwife and clinical mentor”."),
            "about": _("What have you done, what would you like to share? Up to 2,000 characters."),
            "region": _("In Belgium or Luxembourg."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        own = self.instance
        countries, regions = Country.objects.offered([own.country]), Region.objects.offered([own.region])
        self.fields["country"].choices = with_blank(countries.by_name(), first=("BE", "LU"))
        self.fields["region"].choices = with_blank(regions.by_name())
        if not (self.instance.pk and self.instance.photo):
            del self.fields["remove_photo"]

    def clean(self):
        cleaned = super().clean()
        region, country = cleaned.get("region"), cleaned.get("country")
        if region and country is None:
            cleaned["country"] = region.country
        elif region and region.country_id != country.pk:
            self.add_error("region", _("This province or canton does not lie in the country you chose."))
        return cleaned


def with_blank(terms, first: tuple[str, ...] = ()) -> list[tuple]:
    """Choices for a select, the most frequent answers first."""
    terms = sorted(terms, key=lambda term: getattr(term, "code", "") not in first)
    return [("", "---------"), *((term.pk, str(term)) for term in terms)]


class TiesForm(ShownMixin, forms.Form):
    agreed = forms.BooleanField(label=TIES_WORDING, required=False)
    places = forms.ModelMultipleChoiceField(
        Country.objects.none(), label=_("Countries"), required=False, widget=forms.CheckboxSelectMultiple
    )
    other_1 = forms.ModelChoiceField(Country.objects.none(), label=_("Another country"), required=False)
    other_2 = forms.ModelChoiceField(Country.objects.none(), label=_("Another country"), required=False)

    def __init__(self, *args, ties=(), **kwargs):
        super().__init__(*args, **kwargs)
        countries = Country.objects.offered(ties)
        shown = {country.pk for country in ties}
        offered = [c for c in countries.by_name() if c.priority or c.pk in shown]
        for name in ("places", "other_1", "other_2"):
            self.fields[name].queryset = countries
        self.fields["places"].choices = [(c.pk, str(c)) for c in offered]
        for name in ("other_1", "other_2"):
            self.fields[name].choices = with_blank(c for c in countries.by_name() if c not in offered)

    def clean(self):
        cleaned = super().clean()
        cleaned["countries"] = {*(cleaned.get("places") or ()), cleaned.get("other_1"), cleaned.get("other_2")} - {None}
        agreed, now = cleaned.get("agreed"), self.initial.get("agreed")
        # A tick as the page had shown it says nothing: whatever was chosen on another page since stays.
        keep = cleaned["keep"] = plain(agreed) == self.shown.get("agreed", ...)
        if now and not agreed and not keep:
            cleaned["countries"] = set()  # taking back is as easy as giving: one tick less
        if not (now if keep else agreed) and (agreed or cleaned["countries"]):
            self.ask_again()
        return cleaned

    def ask_again(self) -> None:
        """The consent is not held, so no places are kept: the page says so, and shows from here on what is so now."""
        self.initial |= {"agreed": False, "places": []}
        self.shown = self.now()
        if self.cleaned_data.get("agreed"):
            why = _("You took your agreement back meanwhile. Save again if you agree once more.")
        else:
            why = _("We keep these places only with your agreement. Agree, or untick the countries.")
        self.add_error("agreed", why)


class LanguageForm(ShownMixin, forms.Form):
    language = forms.ModelChoiceField(Language.objects.none(), label=_("Language"), required=False)
    level = forms.ChoiceField(label=_("Level"), required=False, choices=[("", "---------"), *LanguageLevel.choices])

    def __init__(self, *args, own=(), **kwargs):
        super().__init__(*args, **kwargs)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("language") and not cleaned.get("level"):
            self.add_error("level", _("How well do you speak it?"))
        return cleaned


class BaseLanguageFormSet(forms.BaseFormSet):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        languages = Language.objects.offered(self.form_kwargs.get("own", ()))
        choices = with_blank(languages.by_name(), first=("fr", "nl", "en", "de"))
        for form in self.forms:
            form.fields["language"].queryset = languages
            form.fields["language"].choices = choices
            form.empty_permitted = False  # a row sent a second time is the same wish, not an empty row

    def levels(self) -> dict[Language, str]:
        """What was filled in: a language twice keeps the last level."""
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("language")]
        return {row["language"]: row["level"] for row in rows}

    def shown(self) -> dict[int, str] | None:
        """The languages, by their numbers, that the page had shown with their levels; see ``shown_words``."""
        rows = [form.shown for form in self.forms]
        if not any(isinstance(row.get("language", ...), int | None) for row in rows):
            return None
        return {row["language"]: row.get("level") for row in rows if isinstance(row.get("language"), int)}


LanguageFormSet = forms.formset_factory(LanguageForm, BaseLanguageFormSet, extra=2, max_num=20, absolute_max=24)


class SkillForm(ShownMixin, forms.Form):
    """Level and years of one skill that the member has; the row's prefix is the skill's id."""

    level = forms.TypedChoiceField(label=_("Level"), choices=SkillLevel.choices, coerce=int)
    years = forms.IntegerField(label=_("Years"), required=False, min_value=0, max_value=70)
    remove = forms.BooleanField(label=_("Remove"), required=False)


class OfferForm(ShownMixin, forms.ModelForm):
    sectors = forms.ModelMultipleChoiceField(
        Sector.objects.none(), label=_("Fields of work"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Profile
        fields = [
            "sectors",
            "offers_assignments",
            "offers_remote",
            "offers_talks",
            "offers_mentoring",
            "offers_training",
            "available_from",
        ]
        widgets = {"available_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        help_texts = {"available_from": _("Leave empty if you cannot say yet.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        sectors = Sector.objects.offered(self.instance.sectors.all())
        self.fields["sectors"].queryset = sectors
        self.fields["sectors"].choices = [(sector.pk, str(sector)) for sector in sectors.by_name()]

    def clean_available_from(self):
        day, today = self.cleaned_data["available_from"], localdate()
        if day and not today - YEAR <= day <= today + 5 * YEAR:
            raise ValidationError(_("Choose a day between last year and five years from now."))
        return day


class VisibilityForm(ShownMixin, forms.ModelForm):
    class Meta:
        model = Profile
        fields = ["listing", *(f"{part}_audience" for part in PARTS)]
        widgets = {"listing": forms.RadioSelect}

    def clean_ties_audience(self):
        audience = self.cleaned_data["ties_audience"]
        if audience != Audience.ONLY_ME and not self.instance.ties.exists():
            return Audience.ONLY_ME  # nothing is kept without consent, so nothing can be shown
        return audience
