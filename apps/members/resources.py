"""Profiles as rows of a file: only what their owner shows to the IOM team, and no address."""

from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .models import Audience, Profile

SEPARATOR = "; "


def _list(things: Iterable) -> str:
    return SEPARATOR.join(str(thing) for thing in things)


def _day(day) -> str:
    return day.isoformat() if day else ""


#: the part that a column belongs to ("" for none), its heading, its text
COLUMNS = [
    ("", _("Number"), lambda p: p.public_id),
    ("", _("Name"), lambda p: p.display_name),
    ("", _("Name in another script"), lambda p: p.other_name),
    ("", _("Listed for"), lambda p: str(p.get_listing_display())),
    ("headline", _("Headline"), lambda p: p.headline),
    ("about", pgettext_lazy("a person", "About"), lambda p: p.about),
    ("residence", _("Country of residence"), lambda p: str(p.country or "")),
    ("residence", _("Region of residence"), lambda p: str(p.region or "")),
    ("residence", _("Town"), lambda p: p.place),
    ("ties", _("Connected to"), lambda p: _list(p.ties.all())),
    ("languages", _("Languages"), lambda p: _list(p.languages.all())),
    ("skills", _("Skills"), lambda p: _list(p.skills.all())),
    ("sectors", _("Fields of work"), lambda p: _list(p.sectors.all())),
    ("career", _("Work"), lambda p: _list(p.occupations.all())),
    ("education", _("Degrees and training"), lambda p: _list(p.degrees.all())),
    ("offer", _("Offers"), lambda p: _list(offer.label for offer in p.offers)),
    ("offer", _("Available from"), lambda p: _day(p.available_from)),
    ("availability", _("Free"), lambda p: _list(p.availabilities.all())),
    ("links", _("Links"), lambda p: _list(link.url for link in p.links.all())),
    ("", _("Changed"), lambda p: date_format(p.updated_at, "Y-m-d")),
]

HEADER = [heading for _part, heading, _text in COLUMNS]


def row(profile: Profile) -> list[str]:
    """The cells of one person; for a profile loaded ``with_everything``."""
    return [text(profile) if not part or profile.shows(part, Audience.IOM) else "" for part, _heading, text in COLUMNS]
