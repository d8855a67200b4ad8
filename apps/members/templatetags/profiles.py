"""What templates ask of a profile that is loaded ``with_everything``."""

from dataclasses import dataclass

from django import template
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.members.models import PARTS

register = template.Library()

STEPS = dict.fromkeys(PARTS, "about") | {
    "ties": "ties",
    "languages": "languages",
    "skills": "skills",
    "sectors": "offer",
    "offer": "offer",
    "career": "career",
    "education": "career",
    "availability": "availability",
    "links": "links",
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
    return [offer.label for offer in profile.offers]


@register.filter
def free(window):
    """A window of availability in words: from when until when."""
    first, last = (date_format(day, _("j F Y")) for day in (window.starts_on, window.ends_on))
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


@register.filter
def worked(job):
    """Where and when somebody did this, by month: "Ghent University Hospital, Belgium, since March 2019"."""
    first, last = (date_format(day, "F Y") if day else "" for day in (job.started_on, job.ended_on))
    when = f"{first} – {last}" if first and last else ""
    if not when and first:
        when = _("since %(first)s") % {"first": first}
    elif not when and last:
        when = _("until %(last)s") % {"last": last}
    return _listed(filter(None, (job.organisation, job.country, when)))


@register.filter
def studied(degree):
    """Where and when somebody learned this: "Artevelde, Belgium, 2012"."""
    return _listed(filter(None, (degree.institution, degree.country, degree.year)))


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
        "career": _listed(profile.occupations.all(), "; "),
        "education": _listed(profile.degrees.all(), "; "),
        "availability": _listed(map(free, profile.availabilities.all()), "; "),
        "links": _listed(profile.links.all()),
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
