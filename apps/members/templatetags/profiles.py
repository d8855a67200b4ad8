"""What templates ask of a profile that is loaded ``with_everything``."""

from dataclasses import dataclass

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.members.filters import OFFER_NAMES
from apps.members.models import PARTS
from apps.members.services.directory import OFFERS

register = template.Library()

STEPS = dict.fromkeys(PARTS, "about") | {
    "ties": "ties",
    "languages": "languages",
    "skills": "skills",
    "sectors": "offer",
    "offer": "offer",
}


@dataclass(frozen=True)
class Part:
    """One part of a profile as its owner checks it."""

    title: str
    text: str
    seen_by: str
    url: str  # of the step that changes it


@register.filter
def lives_in(profile):
    """Town, province and country, as far as they are told, and none of them twice."""
    return ", ".join(dict.fromkeys(str(place) for place in (profile.place, profile.region, profile.country) if place))


@register.filter
def offers(profile):
    """The names of what a member offers."""
    return [OFFER_NAMES[number] for number, name in OFFERS.items() if getattr(profile, name)]


@register.simple_tag
def parts_of(profile):
    """Every part with what it says, who sees it and where to change it."""
    texts = {
        "headline": profile.headline,
        "about": profile.about,
        "photo": _("There is one.") if profile.photo else "",
        "residence": lives_in(profile),
        "ties": _listed(profile.ties.all().by_name()),
        "languages": _listed(profile.languages.all(), "; "),
        "skills": _listed(profile.skills.all(), "; "),
        "sectors": _listed(profile.sectors.all().by_name()),
        "offer": _listed(offers(profile)),
    }
    return [
        Part(
            title=profile._meta.get_field(f"{part}_audience").verbose_name,
            text=texts[part],
            seen_by=profile.audience_of(part).label,
            url=reverse(f"members:profile-{STEPS[part]}"),
        )
        for part in PARTS
    ]


def _listed(things, between=", "):
    return between.join(map(str, things))
