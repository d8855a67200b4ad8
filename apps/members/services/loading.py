"""Loads profiles by the thousand for the directory, which reads each of them once.

``with_everything`` makes an object of every row and of every term beside it, which costs more than writing the
entries. Here a term is loaded once for all, and rows are what the directory asks of them; what it gets to see is the
same, as ``test_rebuilding_changes_nothing_that_is_right`` shows.
"""

from collections import defaultdict
from types import SimpleNamespace

from apps.core.models import Country, Language, Region, Sector, Skill

from ..models import Degree, Occupation, Profile, ProfileLanguage, ProfileSkill
from ..querysets.profiles import LATEST_STUDY, LATEST_WORK


class Loader:
    def __init__(self):
        self.countries, self.regions = Country.objects.in_bulk(), Region.objects.in_bulk()
        self.languages, self.sectors = Language.objects.in_bulk(), Sector.objects.in_bulk()
        self.skills = Skill.objects.only("lineage").in_bulk()

    def profiles(self, pks: list[int]) -> list[Profile]:
        """Return these profiles with the kinds of rows that the directory reads."""
        rows = {
            "ties": self._terms(Profile.ties.through, "country_id", self.countries, pks),
            "sectors": self._terms(Profile.sectors.through, "sector_id", self.sectors, pks),
            "languages": self._owned(ProfileLanguage, "language", self.languages, pks),
            "skills": self._owned(ProfileSkill, "skill", self.skills, pks),
            "occupations": self._told(Occupation, pks, LATEST_WORK, "title", "organisation"),
            "degrees": self._told(Degree, pks, LATEST_STUDY, "title", "institution"),
        }
        found = list(Profile.objects.filter(pk__in=pks).select_related("user").order_by("pk"))
        for profile in found:
            profile.country = self.countries.get(profile.country_id)
            profile.region = self.regions.get(profile.region_id)
            profile._prefetched_objects_cache = {name: of.get(profile.pk, []) for name, of in rows.items()}
        return found

    def _terms(self, through, column: str, terms: dict, pks) -> dict[int, list]:
        return _by_profile((pk, terms[term]) for pk, term in _rows(through, pks, column, order=(column,)))

    def _owned(self, model, term: str, terms: dict, pks) -> dict[int, list]:
        column = f"{term}_id"
        return _by_profile(
            (pk, SimpleNamespace(**{column: number, term: terms[number]})) for pk, number in _rows(model, pks, column)
        )

    def _told(self, model, pks, order, *columns: str) -> dict[int, list]:
        return _by_profile(
            (pk, SimpleNamespace(**dict(zip(columns, values, strict=True))))
            for pk, *values in _rows(model, pks, *columns, order=order)
        )


def _rows(model, pks, *columns: str, order=("pk",)):
    return model.objects.filter(profile__in=pks).order_by(*order).values_list("profile_id", *columns)


def _by_profile(pairs) -> dict[int, list]:
    found = defaultdict(list)
    for pk, row in pairs:
        found[pk].append(row)
    return found
