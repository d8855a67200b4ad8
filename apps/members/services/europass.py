"""Fill a profile from its owner's Europass CV: what could be taken, shown first, and only what he then ticks."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.core import audit
from apps.core.models import Country, Language, SkillName
from apps.core.text import fold, words

from ..europass import Cv
from ..models import LanguageLevel, Profile, SkillLevel, User
from . import directory

#: how many rows of a kind a profile holds
MOST = 20
TEXTS = ("headline", "about")


@dataclass(frozen=True)
class Proposal:
    """One thing that a CV would fill in. Its key says whether something is there now, so that a tick set for an
    empty place replaces nothing that was written meanwhile."""

    key: str
    part: str  # the heading under which it stands
    text: str
    now: str  # what is there now, and would be replaced
    write: Callable[[Profile, int | None], object]  # with the level that was chosen; False: there is no room
    more: str = ""  # what is written along
    levels: Sequence = ()  # of which its owner chooses one, as the CV says none

    @property
    def place(self) -> str:
        """What it would fill in, whether something is there or not."""
        return self.key.rstrip("!")


@dataclass(frozen=True)
class NotTaken:
    """What of the ticked is not in the profile, and why."""

    no_room: list[str]
    changed: list[str]  # its place was filled, or emptied, since the page offered it


def proposals(*, profile: Profile | None, cv: Cv) -> tuple[list[Proposal], list[str]]:
    """Return what the CV would fill in, and what of it finds no place; what is there already is in neither."""
    unplaced: list[str] = []
    kinds = (_texts, _residence, _languages, _skills, _jobs, _studies, _links)
    return [one for kind in kinds for one in kind(profile, cv, unplaced)], unplaced


@transaction.atomic
def fill(*, user: User, cv: Cv, keys: set[str], levels: dict[str, int]) -> NotTaken | None:
    """Write what was ticked, and return what of it could not be; an error leaves nothing written.

    A newcomer's profile is made with the name; without one, nothing is, and the answer is ``None``.
    """
    User.objects.locked().get(pk=user.pk)
    profile = Profile.objects.select_for_update().filter(user=user).first()
    if profile is None:
        if not cv.name:
            return None
        profile = Profile.objects.create(user=user, display_name=cv.name, language=get_language() or user.language)
    ticked = {key.rstrip("!") for key in keys}
    asked = [one for one in proposals(profile=profile, cv=cv)[0] if one.place in ticked]
    chosen = [one for one in asked if one.key in keys]
    changed = [f"{one.part}: {Truncator(one.text).words(20)}" for one in asked if one.key not in keys]
    left = [one.text for one in chosen if one.write(profile, levels.get(one.key)) is False]
    if cv.language in dict(settings.LANGUAGES) and any(one.place in TEXTS for one in chosen):
        profile.language = cv.language
    profile.save()
    directory.refresh(profile)
    rows = len(chosen) - len(left)
    audit.record(actor=user, verb="members.filled_from_europass", target=profile, person=user.pk, rows=rows)
    return NotTaken(left, changed)


def _set(name: str, value):
    return lambda profile, _level: setattr(profile, name, value)


def _of_field(profile, name: str, part: str, value, text: str = "") -> Iterator[Proposal]:
    """One field: new, or in the place of something else."""
    now = getattr(profile, name, None) if profile else None
    if value and value != now:
        yield Proposal(f"{name}!" if now else name, part, text or value, str(now or ""), _set(name, value))


def _texts(profile, cv, unplaced):
    yield from _of_field(profile, "display_name", _("Name"), cv.name)
    yield from _of_field(profile, "headline", _("Headline"), cv.headline)
    yield from _of_field(profile, "about", _("About you"), cv.about)


def _residence(profile, cv, unplaced):
    home = Country.objects.active().filter(code=cv.country).first()
    if home and not (profile and profile.region_id):  # a province says more
        yield from _of_field(profile, "country", _("Country you live in"), home, str(home))
    yield from _of_field(profile, "place", _("Town"), cv.place)


def _languages(profile, cv, unplaced):
    known = list(Language.objects.active())
    by_code = {language.code: language for language in known}
    by_name = {
        fold(name): language
        for language in known
        for name in (
            language.autonym,
            *(getattr(language, f"name_{code}") or "" for code, _label in settings.LANGUAGES),
        )
    }
    own = {spoken.language_id: spoken for spoken in profile.languages.select_related("language")} if profile else {}
    seen = set()
    for spoken in cv.languages:
        language = by_code.get(spoken.code) or by_name.get(fold(spoken.name or spoken.code))
        if language is None:
            unplaced.append(_("Language: %(name)s") % {"name": spoken.name or spoken.code})
            continue
        now = own.get(language.pk)
        if language.pk in seen:
            continue
        seen.add(language.pk)
        if now and now.level == spoken.level:
            continue
        yield Proposal(
            f"language-{language.code}{'!' if now else ''}",
            _("Languages"),
            f"{language}, {LanguageLevel(spoken.level).label}",
            now.get_level_display() if now else "",
            _language(language, spoken.level),
        )


def _language(language, level):
    def write(profile, _level):
        if profile.languages.filter(language=language).exists() or profile.languages.count() < MOST:
            return profile.languages.update_or_create(language=language, defaults={"level": level})
        return False

    return write


def _skills(profile, cv, unplaced):
    """Skills by their exact name in any of the four languages: a guess would say of somebody what he did not say."""
    asked = {" ".join(words(name)): name for name in cv.skills}
    names = SkillName.objects.filter(key__in=asked, skill__active=True).select_related("skill").order_by("skill_id")
    found = {name.key: name.skill for name in names}
    own = set(profile.skills.values_list("skill_id", flat=True)) if profile else set()
    unplaced += [_("Skill: %(name)s") % {"name": name} for key, name in asked.items() if key not in found]
    for skill in {skill.pk: skill for skill in found.values() if skill.pk not in own}.values():
        yield Proposal(f"skill-{skill.slug}", _("Skills"), str(skill), "", _skill(skill), levels=SkillLevel.choices)


def _skill(skill):
    """Without a choice the lowest: nobody is made better than he says."""
    return lambda profile, level: profile.skills.get_or_create(
        skill=skill, defaults={"level": level or SkillLevel.BASIC}
    )


def _jobs(profile, cv, unplaced):
    rows = [
        (
            job,
            job.organisation,
            {"organisation": job.organisation, "text": job.text}
            | {name: _day(getattr(job, name)) for name in ("started_on", "ended_on")},
        )
        for job in cv.jobs
    ]
    yield from _rows(profile, "occupations", _("Work"), rows)


def _studies(profile, cv, unplaced):
    rows = [
        (study, study.institution, {"institution": study.institution, "year": study.year, "level": study.level})
        for study in cv.studies
    ]
    yield from _rows(profile, "degrees", _("Degrees and training"), rows)


def _rows(profile, kind: str, part: str, rows) -> Iterator[Proposal]:
    """Rows that are not there yet: the same title at the same place is the same thing, whatever else is said of it."""
    place = "organisation" if kind == "occupations" else "institution"
    own = set(getattr(profile, kind).values_list("title", place)) if profile else set()
    countries = {country.code: country for country in Country.objects.active()}
    for number, (row, where, fields) in enumerate(rows):
        if (row.title, where) not in own:
            fields |= {"title": row.title, "country": countries.get(row.country)}
            text = ", ".join(filter(None, (row.title, where, str(fields["country"] or ""), _years(fields))))
            text += _(", European level %(level)s") % fields if fields.get("level") else ""
            yield Proposal(f"{kind}-{number}", part, text, "", _add(kind, fields), more=fields.get("text", ""))


def _years(fields: dict) -> str:
    first, last = (str(day.year) if (day := fields.get(name)) else "" for name in ("started_on", "ended_on"))
    if first and last:
        return f"{first} – {last}"
    if first:
        return _("since %(first)s") % {"first": first}
    return _("until %(last)s") % {"last": last} if last else str(fields.get("year") or "")


def _links(profile, cv, unplaced):
    own = set(profile.links.values_list("url", flat=True)) if profile else set()
    for number, (label, url) in enumerate(cv.links):
        if url not in own:
            own.add(url)
            yield Proposal(
                f"link-{number}", _("Links"), f"{label}: {url}", "", _add("links", {"label": label, "url": url})
            )


def _add(kind: str, fields: dict):
    def write(profile, _level):
        rows = getattr(profile, kind)
        return rows.create(**fields) if rows.count() < MOST else False

    return write


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
