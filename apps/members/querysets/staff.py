"""What staff ask of profiles, in the administration.

Only parts that their owner shows to the IOM team at least take part: a hidden part cannot be found out by asking.
"""

from datetime import date

from django.apps import apps
from django.db import models
from django.db.models import Q

from apps.core.models import SkillName
from apps.core.text import words

IOM = 1  # Audience.IOM: models stand above querysets
MOST_WORDS = 8


def shown(part: str) -> Q:
    """The profiles whose owner shows this part to the IOM team at least."""
    return Q(**{f"{part}_audience__gte": IOM})


def of(model: str, *asked: Q, **criteria) -> Q:
    """The profiles with a row of this model that meets the criteria."""
    return Q(pk__in=apps.get_model("members", model).objects.filter(*asked, **criteria).values("profile"))


class StaffSearch(models.QuerySet):
    """A base of the profiles' queryset: one word for each criterion of the staff's search."""

    def telling(self, text: str):
        """Every word stands somewhere in what the profile tells the team."""
        found = self
        for word in text.split()[:MOST_WORDS]:
            found = found.filter(_tells(word))
        return found

    def able_in(self, text: str):
        """A skill whose name, in any language, holds the words; or one that such a skill is wider than."""
        typed = " ".join(words(text))
        if not typed:
            return self.none()
        named = SkillName.objects.filter(Q(key__startswith=typed) | Q(key__contains=f" {typed}")).values("skill")
        return self.filter(shown("skills"), of("profileskill", skill__lineage__overlap=named))

    def speaking(self, language: str, level: str = ""):
        """A language by its code, at this level at least; "N", the first language, is the highest."""
        at_least = {"level__gte": level} if level else {}
        return self.filter(shown("languages"), of("profilelanguage", language__code=language, **at_least))

    def living_in(self, country: str):
        return self.filter(shown("residence"), country__code=country)

    def working_in(self, sector: str):
        sectors = self.model.sectors.through.objects.filter(sector__slug=sector)
        return self.filter(shown("sectors"), pk__in=sectors.values("profile"))

    def offering(self, offer: str):
        return self.filter(shown("offer"), **{offer: True})

    def free_between(self, start: date | None, end: date | None):
        """Some day of a window lies between the two; without one of them, from then on or until then."""
        asked = {"ends_on__gte": start, "starts_on__lte": end}
        return self.filter(
            shown("availability"), of("availability", **{name: day for name, day in asked.items() if day})
        )

    def tagged(self, tag: int):
        return self.filter(tags=tag)

    def listed_for(self, audience: int):
        return self.filter(listing=audience)


def _tells(word: str) -> Q:
    named = Q(display_name__icontains=word) | Q(other_name__icontains=word)
    for part in ("headline", "about"):
        named |= shown(part) & Q(**{f"{part}__icontains": word})
    skills = SkillName.objects.filter(key__contains=" ".join(words(word)) or word).values("skill")
    return (
        named
        | (shown("residence") & Q(place__icontains=word))
        | (shown("career") & of("occupation", Q(title__icontains=word) | Q(organisation__icontains=word)))
        | (shown("education") & of("degree", Q(title__icontains=word) | Q(institution__icontains=word)))
        | (shown("skills") & of("profileskill", skill__in=skills))
    )
