"""Does a person have what is asked for? Each kind of criterion is answered here, once, for both directions.

A `Pair` is a person and a criterion of which one is given and the other is the row of the query: all profiles for one
criterion (candidates of a call), or all criteria for one profile (what fits me). The same expression serves both.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, Greatest, Least
from django.db.models.lookups import Exact, GreaterThanOrEqual, IsNull
from django.utils.timezone import localdate

IOM = 1  # Audience.IOM: models stand above querysets
NOT_MET, UNKNOWN, MET = 0, 1, 2


class Days(models.Func):
    """The days between two dates, as a number."""

    template, arg_joiner, output_field = "(%(expressions)s)", " - ", models.IntegerField()


class AnyOf(models.Func):
    """Is the first one of the second, an array?"""

    template, arg_joiner, output_field = "(%(expressions)s))", " = ANY(", models.BooleanField()


class Holds(models.Func):
    """Does the first, an array, hold the second?"""

    template, arg_joiner, output_field = "(%(expressions)s]::bigint[])", " @> ARRAY[", models.BooleanField()


@dataclass(frozen=True)
class Pair:
    """``profile`` or ``criterion`` is given; the other is the query's row. ``audience`` is who asks: 0, the owner."""

    profile: Any = None
    criterion: Any = None
    audience: int = 0
    everybody: bool = False  # rows of all people, rather than a condition on each

    def own(self, name, ref=OuterRef):
        return _value(self.profile, name) if self.profile else ref(name)

    def asked(self, name, ref=OuterRef):
        return _value(self.criterion, name) if self.criterion else ref(name)

    def shows(self, part):
        """What the person keeps from those who ask is as if it were not told."""
        if not self.audience:
            return Q()
        return Q(GreaterThanOrEqual(self.own(f"{part}_audience", F), Value(self.audience)))

    def rows(self, model):
        rows = apps.get_model("members", model).objects
        return rows.all() if self.everybody else rows.filter(profile=self.own("pk"))

    def windows(self):
        """The times in which the person is free, as far as they are not over."""
        return self.rows("availability").filter(ends_on__gte=localdate())


def _value(row, name):
    return Value(getattr(row, name), output_field=row._meta.pk if name == "pk" else row._meta.get_field(name))


# --- the kinds: what is told of it, and what of that is asked -------------------------------------------------------
def _skill(pair: Pair):
    told = pair.rows("profileskill")
    # The lineage of a skill names everything wider: a paediatric nurse is a nurse.
    return told, told.filter(Holds(F("skill__lineage"), pair.asked("skill_id")), level__gte=pair.asked("skill_level"))


def _language(pair: Pair):
    told = pair.rows("profilelanguage").filter(language=pair.asked("language_id"))
    return told, told.filter(level__gte=pair.asked("language_level"))  # "A1" < … < "C2" < "N", as letters go


def _destination(pair: Pair):
    told = pair.windows()
    places = told.model.countries.through.objects.filter(availability=OuterRef("pk"))
    there = places.filter(country=pair.asked("country_id", lambda name: OuterRef(OuterRef(name))))
    return told, told.filter(~Exists(places) | Exists(there), on_site=True)  # no place named: anywhere


def _dates(pair: Pair):
    told = pair.windows()
    begin, end = Greatest(F("starts_on"), pair.asked("starts_on")), Least(F("ends_on"), pair.asked("ends_on"))
    weeks = Greatest(Coalesce(F("min_weeks"), 0), pair.asked("weeks"))
    short_enough = Q(max_weeks__isnull=True) | Q(max_weeks__gte=pair.asked("weeks"))
    return told, told.filter(short_enough, GreaterThanOrEqual(Days(end, begin), weeks * 7 - 1))  # both days count


def _sector(pair: Pair):
    told = pair.rows("profile_sectors")
    return told, told.filter(sector=pair.asked("sector_id"))


@dataclass(frozen=True)
class OfRows:
    """A kind that is answered by rows which the person has, all in one part of the profile."""

    part: str
    rows: Callable[[Pair], tuple]
    can_be_rare: bool = False

    def __call__(self, pair: Pair):
        told, met = self.rows(pair)
        return pair.shows(self.part) & Q(Exists(told)), pair.shows(self.part) & Q(Exists(met))


def _residence(pair: Pair):
    country = pair.own("country_id", F)
    told, met = Q(IsNull(country, False)), Q(AnyOf(country, pair.asked("countries", F)))
    return pair.shows("residence") & told, pair.shows("residence") & met


def _mode(pair: Pair):
    def ready(mode, offer):
        offered = pair.shows("offer") & Q(Exact(pair.own(offer, F), True))
        found = pair.shows("availability") & Q(Exists(pair.windows().filter(**{mode: True})))
        return offered | found, Q(Exact(pair.asked("mode", F), Value(mode)))

    on_site, on_site_asked = ready("on_site", "offers_assignments")
    remote, remote_asked = ready("remote", "offers_remote")
    return on_site | remote, on_site & on_site_asked | remote & remote_asked


KINDS = {
    "skill": OfRows("skills", _skill, can_be_rare=True),
    "language": OfRows("languages", _language, can_be_rare=True),
    "residence": _residence,
    "destination": OfRows("availability", _destination),
    "dates": OfRows("availability", _dates),
    "mode": _mode,
    "sector": OfRows("sectors", _sector, can_be_rare=True),
}


def _state(pair: Pair, what: str) -> Case:
    told, met = KINDS[what](pair)
    return Case(When(met, then=MET), When(told, then=NOT_MET), default=UNKNOWN, output_field=models.IntegerField())


# --- the two directions -----------------------------------------------------------------------------------------------
class CriterionQuerySet(models.QuerySet):
    def with_state_for(self, profile):
        """All criteria for one person, who knows all that he has told: the state of each."""
        pair = Pair(profile=profile)
        cases = [When(what=what, then=_state(pair, what)) for what in KINDS]
        return self.annotate(state=Case(*cases, output_field=models.IntegerField()))

    def with_words(self):
        return self.select_related("skill", "language", "country", "sector")


class CriteriaQuerySet(models.QuerySet):
    def open(self):
        return self.filter(Q(open_until__isnull=True) | Q(open_until__gte=localdate()))

    def of_kinds(self, names: Iterable[str]):
        return self.filter(kind__in=list(names))

    def handed_in(self, *, after=None, until):
        return self.filter(at__lte=until, **({"at__gt": after} if after else {}))

    def with_rows(self):
        rows = apps.get_model("members", "criterion").objects.with_words()
        return self.prefetch_related(models.Prefetch("rows", rows))


RARE = 10_000  # people: so many are looked at one by one faster than everybody at once


def meeting_a_rare_one(rows: list) -> tuple[Any, list]:
    """Who meets a criterion that few people meet, as a query of ids, and which criteria these are.

    Nobody else meets any of those, so that nearly always the best are all among these few.
    """
    rare, meeting = [], []
    for row in rows:
        if getattr(KINDS[row.what], "can_be_rare", False):
            _told, met = KINDS[row.what].rows(Pair(criterion=row, everybody=True))
            people = met.values("profile")
            if people[: RARE + 1].count() <= RARE:
                rare.append(row)
                meeting.append(people)
    return (meeting[0].union(*meeting[1:]) if meeting else None), rare


def ranked(profiles, rows: list):
    """Profiles for one set of criteria as the IOM team sees them: most required met first, then most wished met;
    the newest members first where that is the same."""

    def number_met(some):
        pairs = [(Pair(criterion=row, audience=IOM), row.what) for row in some]
        ones = [Case(When(KINDS[what](pair)[1], then=1), default=0) for pair, what in pairs]
        return sum(ones, Value(0))

    required, wished = [row for row in rows if row.required], [row for row in rows if not row.required]
    counted = profiles.annotate(required_met=number_met(required), wished_met=number_met(wished))
    return counted.order_by("-required_met", "-wished_met", "-pk")


def with_states(profiles, rows: list):
    """The state of each criterion for some profiles, as ``state_<pk>``."""
    return profiles.annotate(**{f"state_{row.pk}": _state(Pair(criterion=row, audience=IOM), row.what) for row in rows})


class FollowQuerySet(models.QuerySet):
    """What members want to hear of."""

    def visible_to(self, user):
        return self.filter(user=user)

    def of(self, user):
        return self.filter(user=user)

    def with_words(self):
        return self.select_related("country", "sector").order_by("at", "pk")
