"""Invented content for the style guide, which shows every component in every state and asks no database."""

from datetime import date
from types import SimpleNamespace as Sample

from django import forms, template
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message

from apps.core.maps import residence_map, ties_map

register = template.Library()

THEMES = ("light", "dark")
LIVES = {"BE-BRU": 41, "BE-VAN": 19, "BE-VOV": 14, "BE-WLG": 11, "BE-WHT": 9, "BE-WNA": 6, "BE-VLI": 3, "LU": 12}
TIES = {"RW": 34, "CD": 27, "MA": 21, "SN": 14, "ML": 12, "GN": 9, "BI": 8, "PS": 7, "BF": 6, "NE": 5, "BJ": 4, "MZ": 1}
NAMES = {
    "BE-BRU": "Brussels-Capital",
    "BE-VAN": "Antwerp",
    "BE-VOV": "East Flanders",
    "BE-WLG": "Liège",
    "BE-WHT": "Hainaut",
    "BE-WNA": "Namur",
    "BE-VLI": "Limburg",
    "LU": "Luxembourg",
    "RW": "Rwanda",
    "CD": "DR Congo",
    "MA": "Morocco",
    "SN": "Senegal",
    "ML": "Mali",
    "GN": "Guinea",
    "BI": "Burundi",
    "PS": "Palestinian Territory",
    "BF": "Burkina Faso",
    "NE": "Niger",
    "BJ": "Benin",
    "MZ": "Mozambique",
}


class SampleForm(forms.Form):
    """One field of each kind that the portal's forms have."""

    name = forms.CharField(help_text="As you write it yourself.")
    address = forms.EmailField(label="Email address")
    about = forms.CharField(label="About you", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    country = forms.ChoiceField(label="Country you live in", choices=[("BE", "Belgium"), ("LU", "Luxembourg")])
    photo = forms.FileField(required=False, help_text="JPEG or PNG, at most 8 MB.")
    offers = forms.MultipleChoiceField(
        label="What you offer",
        choices=[("site", "Assignments on site"), ("talk", "Talks and interviews")],
        widget=forms.CheckboxSelectMultiple,
    )
    listing = forms.ChoiceField(
        label="Who finds you", choices=[("0", "Nobody"), ("3", "Everyone")], widget=forms.RadioSelect
    )
    adult = forms.BooleanField(label="I am 18 or older")
    code = forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}))


@register.simple_tag
def samples():
    """The same for both themes; what carries an id or names a landmark differs, because both stand on one page."""
    return [{"theme": theme, **of_theme(theme), **SAME} for theme in THEMES]


def of_theme(theme):
    return {
        "form": SampleForm(auto_id=f"{theme}-%s"),
        "wrong_form": SampleForm(
            {"name": "Aline Mukamana", "address": "aline", "country": "XX"}, auto_id=f"{theme}-wrong-%s"
        ),
        "search": f"Search, {theme}",
        "search_id": f"q-{theme}",
        "pages": f"Result pages, {theme}",
        "trail": f"Breadcrumb, {theme}",
        "table": f"Who sees what, {theme}",
        "lives": residence_map(LIVES, NAMES, link, selected={"BE-VAN"}),
        "ties": ties_map(TIES, NAMES, link, selected={"RW"}),
        "few": residence_map(LIVES, NAMES, link, hide_small=True),
        "groups": [
            Sample(
                name=f"field-{theme}",
                label="Field",
                more=9,
                options=[
                    Sample(value="health", label="Health", count=46, checked=True),
                    Sample(value="tvet", label="Technical education (TVET)", count=31, checked=False),
                    Sample(value="agriculture", label="Agriculture", count=22, checked=False),
                ],
            ),
            Sample(
                name=f"speaks-{theme}",
                label="Languages",
                more=0,
                options=[Sample(value="fr", label="French", count=98, checked=False)],
            ),
        ],
    }


def link(code):
    return f"?place={code}"


def person(name, headline, lives, ties, **more):
    rest = {"languages": "", "sectors": [], "offers": [], "available": None, "now": False, "photo": False}
    return Sample(id="sample", name=name, headline=headline, lives=lives, ties=ties, **{**rest, **more})


SAME = {
    "people": [
        person(
            "Aline Mukamana",
            "Nurse educator, 12 years in paediatric wards",
            "Ghent",
            "Rwanda",
            languages="English, French, Kinyarwanda",
            sectors=["Health", "Education"],
            offers=["Assignments on site"],
            now=True,
        ),
        person(
            "سلمى حداد",
            "Anaesthetist",
            "Mechelen",
            "Palestinian Territory",
            sectors=["Health"],
            offers=["Mentoring"],
            available=date(2027, 3, 1),
        ),
        person("Eric Ndayisenga", "", "Liège", "", offers=["Support at a distance"]),
    ],
    "chips": [Sample(label="Health", url="?"), Sample(label="Namur", url="?")],
    "pager": Sample(
        pages=[
            Sample(label="1", url="?page=1", current=False),
            Sample(label="2", url="?page=2", current=True),
            Sample(label="3", url="?page=3", current=False),
        ],
        previous=Sample(url="?page=1"),
        next=Sample(url="?page=3"),
    ),
    "facts": [
        Sample(number="14", label="priority countries of the Belgian Development Cooperation"),
        Sample(number="11", label="women’s associations trained in the Women4Dev Academy"),
        Sample(number="37", label="experts who answered"),
        Sample(number="4", label="languages"),
    ],
    "years": [
        Sample(year="2001", title="MIDA Great Lakes", url="?", text="DR Congo, Rwanda, Burundi"),
        Sample(year="2012", title="MEDMA", url="", text="Morocco"),
        Sample(year="2018", title="Women4Dev Academy", url="", text=""),
    ],
    "phases": [
        Sample(state="done", title="Mapping", years="2018", text="Who is there, with which skills."),
        Sample(state="now", title="Assignments", years="", text="Two to eight weeks with a host team."),
        Sample(state="next", title="Review", years="", text="Everybody decides together what goes on."),
    ],
    "partners": [Sample(name="Rwanda Polytechnic", role="Host colleges"), Sample(name="A funder", role="")],
    "call_facts": [Sample(label="Duration", value="2–8 weeks"), Sample(label="Where", value="Kigali, Huye")],
    "steps": [
        Sample(state="done", title="About you", text="", url="?"),
        Sample(state="now", title="Skills", text="Two minutes", url="?"),
        Sample(state="next", title="Visibility", text="", url="?"),
    ],
    "toasts": [
        Message(constants.SUCCESS, "Your profile is saved."),
        Message(constants.INFO, "A code is on its way to you."),
        Message(constants.WARNING, "This call closes tomorrow."),
        Message(constants.ERROR, "Your message could not be sent."),
    ],
    "todo": [
        Sample(title="Say where you live", url="?", text="Then people near you find you.", done=False),
        Sample(title="Add a skill", url="?", text="", done=True),
    ],
    "head": ["What", "Who sees it"],
    "rows": [["Headline", "Everyone"], ["Places you are connected to", "Only you"]],
    "colours": ["ink", "ink-2", "action", "sky-tint", "mist", "line", "gold", "teal", "plum", "red"],
}
