"""A profile's page as one reader gets it: the parts that he may see, with names instead of ids."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from apps.core.vocabulary import alphabetical, named

from .models import LanguageLevel, Profile, SkillLevel
from .querysets.told import rows_of


class Spoken(NamedTuple):
    language: str
    code: str
    level: str


class Skilled(NamedTuple):
    skill: str
    level: str
    years: int | None


class Job(NamedTuple):
    title: str
    organisation: str
    country: str
    started_on: date | None
    ended_on: date | None
    text: str


class Study(NamedTuple):
    title: str
    institution: str
    country: str
    year: int | None
    level: int | None


class Window(NamedTuple):
    starts_on: date
    ends_on: date
    on_site: bool
    remote: bool
    min_weeks: int | None
    max_weeks: int | None
    countries: str


class Link(NamedTuple):
    label: str
    url: str


@dataclass(frozen=True)
class Sheet:
    """What is told; a part that is not shown is empty here, as if nothing had been written."""

    country: str = ""
    country_code: str = ""
    region: str = ""
    lives: str = ""
    ties: str = ""
    offers: list[str] = field(default_factory=list)
    sectors: list[str] = field(default_factory=list)
    languages: list[Spoken] = field(default_factory=list)
    skills: list[Skilled] = field(default_factory=list)
    career: list[Job] = field(default_factory=list)
    education: list[Study] = field(default_factory=list)
    availability: list[Window] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


def sheet(profile: Profile, shown: Collection[str]) -> Sheet:
    """One query, whatever is in the profile."""
    rows = rows_of(profile.pk, shown)
    return Sheet(
        **_residence(profile) if "residence" in shown else {},
        ties=", ".join(_alphabetical("countries", rows.get("ties", []))),
        offers=[str(offer.label) for offer in profile.offers] if "offer" in shown else [],
        sectors=_alphabetical("sectors", rows.get("sectors", [])),
        languages=_languages(rows.get("languages", [])),
        skills=_skills(rows.get("skills", [])),
        career=[
            Job(title, organisation, _country(country), _day(first), _day(last), text)
            for title, organisation, country, first, last, text in rows.get("career", [])
        ],
        education=[
            Study(title, institution, _country(country), year, level)
            for title, institution, country, year, level in rows.get("education", [])
        ],
        availability=[
            Window(_day(first), _day(last), *how, ", ".join(_alphabetical("countries", countries or [])))
            for first, last, *how, countries in rows.get("availability", [])
        ],
        links=[Link(*row) for row in rows.get("links", [])],
    )


def _residence(profile: Profile) -> dict[str, str]:
    """Town, province and country, as far as they are told, and none of them twice."""
    country = next(iter(named("countries", [profile.country_id])), None)
    region = "".join(_names("regions", [profile.region_id]))
    name = country.name if country else ""
    return {
        "country": name,
        "country_code": country.code if country else "",
        "region": region,
        "lives": ", ".join(dict.fromkeys(filter(None, [profile.place, region, name]))),
    }


def _languages(rows: list) -> list[Spoken]:
    words = named("languages", [number for number, _level in rows])
    found = zip(words, rows, strict=True)
    return sorted(Spoken(word.name, word.code, str(LanguageLevel(level).label)) for word, (_n, level) in found)


def _skills(rows: list) -> list[Skilled]:
    """The best known first."""
    words = named("skills", [number for number, *_rest in rows])
    found = [(-level, word.name, years) for word, (_n, level, years) in zip(words, rows, strict=True)]
    found.sort(key=lambda row: row[:2])
    return [Skilled(name, str(SkillLevel(-below).label), years) for below, name, years in found]


def _names(kind: str, numbers: list[int | None]) -> list[str]:
    return [word.name for word in named(kind, numbers)]


def _alphabetical(kind: str, numbers: list[int]) -> list[str]:
    return [word.name for word in alphabetical(named(kind, numbers))]


def _country(number: int | None) -> str:
    return "".join(_names("countries", [number]))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
