"""Does a person have what is asked for? Each kind of criterion is answered here, once, for both directions.

A `Pair` is a person and a criterion of which one is given and the other is the row of the query: all profiles for one
criterion (candidates of a call), or all criteria for one profile (what fits me). The same expression serves both.

What is asked of somebody's time is asked of one time: each of the criteria in `TIMES` is met by a free time that also
fits those which its set asks before it. Somebody free in summer at a distance, and for a week in winter in Rwanda, is
not free in summer in Rwanda.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, Greatest, Least
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, IsNull
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
class Row:
    """A row of which an expression speaks: given, or that of the query which stands so many queries further out."""

    given: Any = None
    out: int = 0

    def __call__(self, name, deeper=0):
        """Its column, as a query says it that stands so much deeper."""
        if row := self.given:
            return Value(getattr(row, name), output_field=row._meta.pk if name == "pk" else row._meta.get_field(name))
        out = self.out + deeper
        return reduce(lambda ref, _: OuterRef(ref), range(out), name) if out else F(name)


@dataclass(frozen=True)
class Pair:
    """``profile`` or ``criterion`` is given; the other is the query's row. ``audience`` is who asks: 0, the owner."""

    profile: Any = None
    criterion: Any = None
    asked_with: Iterable[Any] = ()  # all criteria of the given one's set
    audience: int = 0
    everybody: bool = False  # rows of all people, rather than a condition on each
    apart: bool = False  # each criterion by itself, whatever else is asked of the same time

    @property
    def own(self) -> Row:
        return Row(self.profile)

    @property
    def asked(self) -> Row:
        return Row(self.criterion)

    def shows(self, part):
        """What the person keeps from those who ask is as if it were not told."""
        if not self.audience:
            return Q()
        return Q(GreaterThanOrEqual(self.own(f"{part}_audience"), Value(self.audience)))

    def rows(self, model):
        rows = apps.get_model("members", model).objects
        return rows.all() if self.everybody else rows.filter(profile=self.own("pk", 1))

    def windows(self):
        """The times in which the person is free, as far as they are not over."""
        return self.rows("availability").filter(ends_on__gte=localdate())


# --- what is asked of a time: of a row of ``Availability``, here called free ------------------------------------------
def _weeks(begin, end, weeks):
    """Are there so many weeks from now on, between these days?"""
    return Q(GreaterThanOrEqual(Days(end, Greatest(begin, Value(localdate()))), weeks * 7 - 1))  # both days count


def _how(free: Row, asked: Row):
    ways = [Q(Exact(asked("mode"), Value(way)), Exact(free(way), True)) for way in ("on_site", "remote")]
    return reduce(or_, ways)


def _where(free: Row, asked: Row):
    places = apps.get_model("members", "availability").countries.through.objects.filter(availability=free("pk", 1))
    there = places.filter(country=asked("country_id", 1))
    return Q(Exact(free("on_site"), True)) & (~Exists(places) | Exists(there))  # no place named: anywhere


def _when(free: Row, asked: Row):
    begin, end = Greatest(free("starts_on"), asked("starts_on")), Least(free("ends_on"), asked("ends_on"))
    at_most = free("max_weeks")
    short_enough = Q(IsNull(at_most, True)) | Q(GreaterThanOrEqual(at_most, asked("weeks")))
    return short_enough & _weeks(begin, end, Greatest(Coalesce(free("min_weeks"), 0), asked("weeks")))


#: In the order in which they are asked, which is that of letters backwards; what is required comes before the wished.
TIMES = {"mode": _how, "destination": _where, "dates": _when}


def _fits(free: Row, asked: Row):
    if row := asked.given:
        return TIMES[row.what](free, asked)
    return reduce(or_, (Q(Exact(asked("what"), Value(what))) & fits(free, asked) for what, fits in TIMES.items()))


def _times(pair: Pair):
    """The times that meet a criterion together with what its set asks of them before."""
    met = pair.windows().filter(_fits(Row(), Row(pair.criterion, 1)))
    if pair.apart:
        return met
    if asked := pair.criterion:
        times = [row for row in pair.asked_with if row.what in TIMES]
        before = [row for row in times if (row.required, row.what) > (asked.required, asked.what)]
        return met.filter(*(_fits(Row(), Row(row)) for row in before))
    here, asked = Row(), Row(out=2)
    more, no_less = (compare(here("required"), asked("required")) for compare in (GreaterThan, GreaterThanOrEqual))
    before = Q(more) | Q(no_less, what__gt=asked("what"))
    others = apps.get_model("members", "criterion").objects.filter(criteria=asked("criteria_id"), what__in=list(TIMES))
    return met.filter(~Exists(others.filter(before, ~_fits(Row(out=1), here))))


# --- the kinds: what is told of it, and what of that is asked -------------------------------------------------------
def _skill(pair: Pair):
    told, asked = pair.rows("profileskill"), Row(pair.criterion, 1)
    # The lineage of a skill names everything wider: a paediatric nurse is a nurse.
    return told, told.filter(Holds(F("skill__lineage"), asked("skill_id")), level__gte=asked("skill_level"))


def _language(pair: Pair):
    told = pair.rows("profilelanguage").filter(language=pair.asked("language_id", 1))
    return told, told.filter(level__gte=pair.asked("language_level", 1))  # "A1" < … < "C2" < "N", as letters go


def _sector(pair: Pair):
    told = pair.rows("profile_sectors")
    return told, told.filter(sector=pair.asked("sector_id", 1))


@dataclass(frozen=True)
class OfRows:
    """A kind that is answered by rows which the person has, all in one part of the profile."""

    part: str
    rows: Callable[[Pair], tuple]
    can_be_rare: bool = False

    def __call__(self, pair: Pair):
        told, met = self.rows(pair)
        return pair.shows(self.part) & Q(Exists(told)), pair.shows(self.part) & Q(Exists(met))


def _of_time(pair: Pair):
    """All that is asked of somebody's time: one answer for every kind, of which the offer knows something too."""
    free, fit = OfRows("availability", lambda pair: (pair.windows(), _times(pair)))(pair)
    told, met = free, fit
    for what, offered in {"mode": _mode, "dates": _from_a_day_on}.items():
        if not pair.criterion or pair.criterion.what == what:
            this = Q(Exact(pair.asked("what"), Value(what)))
            any_offer, offer = offered(pair)
            told |= this & any_offer
            # Who names times is not free all the time from the day on that stands in his offer.
            met |= this & offer & (~free if what == "dates" else Q())
    return told, met


def _residence(pair: Pair):
    country = pair.own("country_id")
    told, met = Q(IsNull(country, False)), Q(AnyOf(country, pair.asked("countries")))
    return pair.shows("residence") & told, pair.shows("residence") & met


def _from_a_day_on(pair: Pair):
    day, asked = pair.own("available_from"), pair.asked
    told = pair.shows("offer") & Q(IsNull(day, False))
    return told, told & _weeks(Greatest(day, asked("starts_on")), asked("ends_on"), asked("weeks"))


def _mode(pair: Pair):
    return _offered(pair, "mode", {"on_site": "offers_assignments", "remote": "offers_remote"})


def _offer(pair: Pair):
    return _offered(pair, "offer", dict(apps.get_model("members", "profile").OFFER_FIELDS))


def _offered(pair: Pair, column: str, fields: dict):
    """Is anything of these offered, and that which is asked?"""
    offers = {asked: Q(Exact(pair.own(field), True)) for asked, field in fields.items()}
    asked = [Q(Exact(pair.asked(column), Value(asked))) & offer for asked, offer in offers.items()]
    return pair.shows("offer") & reduce(or_, offers.values()), pair.shows("offer") & reduce(or_, asked)


KINDS = {
    "skill": OfRows("skills", _skill, can_be_rare=True),
    "language": OfRows("languages", _language, can_be_rare=True),
    "residence": _residence,
    "destination": _of_time,
    "dates": _of_time,
    "mode": _of_time,
    "sector": OfRows("sectors", _sector, can_be_rare=True),
    "offer": _offer,
}
#: the parts of a profile from which all of them are answered
PARTS = ["skills", "languages", "residence", "availability", "sectors", "offer"]


def _state(pair: Pair, kind: Callable) -> Case:
    told, met = kind(pair)
    return Case(When(met, then=MET), When(told, then=NOT_MET), default=UNKNOWN, output_field=models.IntegerField())


# --- the two directions -----------------------------------------------------------------------------------------------
class CriterionQuerySet(models.QuerySet):
    def with_state_for(self, profile):
        """All criteria for one person, who knows all that he has told: the state of each."""
        return self._with_state("state", Pair(profile=profile))

    def explained_for(self, profile):
        """Besides: what the IOM team makes of it; and whether a time would meet it if nothing else were asked of it."""
        told = self.with_state_for(profile).annotate(apart=Exists(_times(Pair(profile=profile, apart=True))))
        if all(profile.shows(part, IOM) for part in PARTS):
            return told.annotate(seen=F("state"))
        return told._with_state("seen", Pair(profile=profile, audience=IOM))

    def _with_state(self, name, pair):
        alike: dict[Callable, list[str]] = {}
        for what, kind in KINDS.items():
            alike.setdefault(kind, []).append(what)
        cases = [When(what__in=names, then=_state(pair, kind)) for kind, names in alike.items()]
        return self.annotate(**{name: Case(*cases, output_field=models.IntegerField())})

    def with_words(self):
        return self.select_related("skill", "language", "country", "sector")


class CriteriaQuerySet(models.QuerySet):
    def open(self):
        return self.filter(Q(open_until__isnull=True) | Q(open_until__gte=localdate()))

    def of_kinds(self, names: Iterable[str]):
        return self.filter(kind__in=list(names))

    def handed_in(self, *, until):
        return self.filter(at__lte=until)

    def not_told_to(self, profile):
        told = apps.get_model("members", "toldmatch").objects.filter(profile=profile, criteria=OuterRef("pk"))
        return self.filter(~Exists(told))

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
        pairs = [_as_iom_sees(row, rows) for row in some]
        ones = [Case(When(KINDS[pair.criterion.what](pair)[1], then=1), default=0) for pair in pairs]
        return sum(ones, Value(0))

    required, wished = [row for row in rows if row.required], [row for row in rows if not row.required]
    counted = profiles.annotate(required_met=number_met(required), wished_met=number_met(wished))
    return counted.order_by("-required_met", "-wished_met", "-pk")


def with_states(profiles, rows: list):
    """The state of each criterion for some profiles, as ``state_<pk>``."""
    return profiles.annotate(**{f"state_{row.pk}": _state(_as_iom_sees(row, rows), KINDS[row.what]) for row in rows})


def _as_iom_sees(row, rows: list) -> Pair:
    return Pair(criterion=row, asked_with=rows, audience=IOM)


class FollowQuerySet(models.QuerySet):
    """What members want to hear of."""

    def visible_to(self, user):
        return self.filter(user=user)

    def of(self, user):
        return self.filter(user=user)

    def with_words(self):
        return self.select_related("country", "sector").order_by("at", "pk")
