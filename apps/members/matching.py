"""Matching, explained, in both directions: what upper apps, pages and mails ask.

A result is never a score: it is the list of what was asked, each met, not met or unknown, and what would change it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core import vocabulary

from . import matching_kinds
from .models import Criteria, Criterion, LanguageLevel, Profile, SkillLevel
from .querysets.matching import MET, NOT_MET, UNKNOWN, meeting_a_rare_one, ranked

#: the step in which a member tells what each kind of criterion is read from
STEPS = {
    "skill": "skills",
    "language": "languages",
    "residence": "about",
    "destination": "availability",
    "dates": "availability",
    "mode": "offer",
    "sector": "offer",
    "offer": "offer",
}


@dataclass(frozen=True)
class Answer:
    """One criterion and how a person meets it."""

    criterion: Criterion
    state: int
    seen: int | None = None  # the state that the IOM team sees, where the owner of the profile is told
    apart: bool = False  # a time of his would meet it, if nothing else were asked of the same time

    @property
    def met(self) -> bool:
        return self.state == MET

    @property
    def failed(self) -> bool:
        return self.state == NOT_MET

    @property
    def unknown(self) -> bool:
        return self.state == UNKNOWN

    @property
    def is_hidden_from_iom(self) -> bool:
        """Its owner keeps what makes the difference to himself."""
        return self.seen not in (None, self.state)

    @property
    def is_unknown_to_iom(self) -> bool:
        return self.seen == UNKNOWN

    @property
    def asked(self) -> str:
        return asked(self.criterion)

    @property
    def change(self) -> str:
        """What the person could do about it; nothing where it is met."""
        if self.met:
            return ""
        if self.apart:
            return _("Name one time that fits the dates, the place and the way together: so far different times do")
        return change(self.criterion, self.state)

    @property
    def step(self) -> str:
        """The name of the page on which the person tells it."""
        return f"members:profile-{'availability' if self.apart else STEPS[self.criterion.what]}"


@dataclass(frozen=True)
class Match:
    """A set of criteria and a person, with an answer to each criterion."""

    criteria: Criteria
    profile: Profile
    answers: list[Answer] = field(default_factory=list)
    title: str = ""
    url: str = ""
    kind: str = ""

    @property
    def fits(self) -> bool:
        """Nothing required is refused, and something is met."""
        return any(a.met for a in self.answers) and not any(a.failed for a in self.answers if a.criterion.required)

    @property
    def is_whole(self) -> bool:
        """All that is required is met."""
        return all(a.met for a in self.answers if a.criterion.required)


# --- one person, many sets --------------------------------------------------------------------------------------------
def standing(profile: Profile, *, news_until: datetime | None = None) -> list[tuple[int, bool]]:
    """The open sets for this person, best first, each with whether it fits: one query, whatever their number.

    ``news_until`` narrows them to those handed in until then of which no mail has told him.
    """
    wanted = Criteria.objects.open().of_kinds(matching_kinds.for_members())
    if news_until:
        wanted = wanted.handed_in(until=news_until).not_told_to(profile)
    rows = Criterion.objects.filter(criteria__in=wanted).with_state_for(profile).order_by()
    counts: dict[int, list[int]] = {}
    for pk, required, state in rows.values_list("criteria_id", "required", "state"):
        # failed, unknown, met among the required; met of any kind
        count = counts.setdefault(pk, [0, 0, 0, 0])
        count[state] += required
        count[3] += state == MET
    best_first = sorted(counts, key=lambda pk: (counts[pk][0], counts[pk][1], -counts[pk][3], -pk))
    return [(pk, not counts[pk][0] and counts[pk][3] > 0) for pk in best_first]


def explained(profile: Profile, ids: list[int]) -> list[Match]:
    """These sets for this person, in this order; those of which nothing may be said are left out."""
    spoken, words = _spoken(ids)
    answers: dict[int, list[Answer]] = {}
    for row in Criterion.objects.filter(criteria__in=spoken).with_words().explained_for(profile):
        answers.setdefault(row.criteria_id, []).append(Answer(row, row.state, row.seen, row.apart))
    return [
        Match(
            criteria,
            profile,
            answers.get(criteria.pk, []),
            *words[criteria.kind, criteria.about_id],
            matching_kinds.get(criteria.kind).title,
        )
        for criteria in spoken
    ]


def may_be_told(ids: list[int]) -> list[int]:
    """Of these sets those of which something may be said, in this order."""
    return [criteria.pk for criteria in _spoken(ids)[0]]


def _spoken(ids: list[int]) -> tuple[list[Criteria], Mapping]:
    """Those of which something may be said, and the words for it."""
    sets = Criteria.objects.in_bulk(ids)
    words = matching_kinds.described(sets.values())
    return [sets[pk] for pk in ids if pk in sets and (sets[pk].kind, sets[pk].about_id) in words], words


def for_one(profile: Profile, criteria: Criteria) -> Match:
    """One set for one person: what the page of a call says to its reader."""
    return explained(profile, [criteria.pk])[0]


# --- one set, many people: who they are is told by services.matching.candidates only, which writes each reading -------
def best(rows: list[Criterion], start: int, stop: int) -> list[int]:
    """Ids of profiles that take part, from one place in the ranking to another."""
    everybody = Profile.objects.taking_part()
    few, rare = meeting_a_rare_one(rows)
    if rare:
        found = ranked(everybody.filter(pk__in=few), rows).values_list("pk", "required_met")[start:stop]
        # Those who meet none of the rare ones meet at most all the others.
        others = sum(row.required for row in rows) - sum(row.required for row in rare)
        if len(found) == stop - start and found[len(found) - 1][1] > others:
            return [pk for pk, _met in found]
    return list(ranked(everybody, rows).values_list("pk", flat=True)[start:stop])


# --- in words ---------------------------------------------------------------------------------------------------------
def asked(row: Criterion) -> str:
    """What a criterion asks for."""
    match row.what:
        case "skill" if row.skill_level > SkillLevel.BASIC:
            return _("%(skill)s, at least: %(level)s") % {"skill": row.skill, "level": row.get_skill_level_display()}
        case "skill":
            return str(row.skill)
        case "language" if row.language_level == LanguageLevel.NATIVE:
            return _("%(language)s as first language") % {"language": row.language}
        case "language":
            return _("%(language)s, at least %(level)s") % {"language": row.language, "level": row.language_level}
        case "residence":
            return _("Lives in: %(countries)s") % {"countries": _names(row.countries)}
        case "destination":
            return _("Ready to go to: %(country)s") % {"country": row.country}
        case "dates":
            return ngettext(
                "Free for at least %(weeks)d week between %(begin)s and %(end)s",
                "Free for at least %(weeks)d weeks between %(begin)s and %(end)s",
                row.weeks,
            ) % {"weeks": row.weeks, "begin": date_format(row.starts_on), "end": date_format(row.ends_on)}
        case "mode":
            return str(row.get_mode_display())
        case "offer":
            return _("Offers: %(offer)s") % {"offer": row.get_offer_display()}
    return _("Field of work: %(field)s") % {"field": row.sector}


def _names(ids: list[int]) -> str:
    known = vocabulary.words("countries").by_id
    return ", ".join(sorted(known[pk].name for pk in ids if pk in known))


def change(row: Criterion, state: int) -> str:
    """What would change it: something to tell, or what to look at where the profile says otherwise."""
    unknown = state == UNKNOWN
    match row.what:
        case "skill" if unknown:
            return _("Add your skills")
        case "skill":
            return _("Add “%(skill)s” if you know it, or raise its level") % {"skill": row.skill}
        case "language" if unknown:
            return _("Add your %(language)s level") % {"language": row.language}
        case "language":
            return _("Change your %(language)s level if it has grown") % {"language": row.language}
        case "residence" if unknown:
            return _("Say where you live")
        case "residence":
            return _("Change where you live, if you have moved")
        case "destination" if unknown:
            return _("Say when you are free, and where you would go")
        case "destination":
            return _("Add %(country)s to where you would go") % {"country": row.country}
        case "dates" if unknown:
            return _("Say when you are free")
        case "dates":
            return _("Change when you are free, and for how many weeks")
        case "mode":
            return _("Say whether you come on site or help at a distance")
        case "offer" if unknown:
            return _("Say what you offer")
        case "offer":
            return _("Tick “%(offer)s” if you would do it") % {"offer": row.get_offer_display()}
        case "sector" if unknown:
            return _("Choose your fields of work")
    return _("Add “%(field)s” if you work in it") % {"field": row.sector}
