"""The plain data of a CV, and the few rules by which words, dates and codes become it."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from django.utils.translation import gettext as _

MOST_ROWS = 20
LONGEST_TEXT = 20_000  # with its markup
LONGEST_ADDRESS = 300
LONGEST = {"name": 100, "headline": 140, "about": 2000, "place": 80}
LEVELS = ["A1", "A2", "B1", "B2", "C1", "C2"]
FIRST_LANGUAGE = "N"
# Codes of the European institutions that are not those of ISO 3166.
COUNTRIES = {"UK": "GB", "EL": "GR"}
# ISO 639-2, both its ways, to 639-1: the files of today use three letters.
PAIRS = (
    "eng:en fre:fr fra:fr dut:nl nld:nl ger:de deu:de ltz:lb por:pt ita:it spa:es pol:pl rum:ro ron:ro bul:bg gre:el "
    "ell:el kin:rw run:rn swa:sw lin:ln lub:lu kon:kg wol:wo ful:ff bam:bm ewe:ee yor:yo hau:ha ibo:ig ara:ar lug:lg "
    "tso:ts amh:am tir:ti som:so alb:sq sqi:sq tur:tr kur:ku arm:hy hye:hy per:fa fas:fa pus:ps ukr:uk rus:ru"
)
LANGUAGES = dict(pair.split(":") for pair in PAIRS.split())
# A tag, or where a comment begins or ends. Nothing is tried twice, so that no text costs more than its length.
MARKUP = re.compile(r"<!--|-->|<[!?][^<>]*+>|<(?P<name>/?[a-zA-Z]\w*+)[^<>]*+>")
LINES = {"p", "br", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "tr"}
SILENT = {"<!--": "-->", "script": "/script", "style": "/style"}  # until where nothing is text


@dataclass
class Job:
    title: str
    organisation: str = ""
    country: str = ""
    started_on: str = ""
    ended_on: str = ""
    text: str = ""

    bounds = {"title": 140, "organisation": 140, "text": 1000}


@dataclass
class Study:
    title: str
    institution: str = ""
    country: str = ""
    year: int | None = None
    level: int | None = None

    bounds = {"title": 140, "institution": 140}


@dataclass
class Spoken:
    code: str
    name: str
    level: str


@dataclass
class Cv:
    """Texts are plain, days ISO dates, countries and languages codes as far as they are known."""

    language: str = ""
    name: str = ""
    headline: str = ""
    about: str = ""
    country: str = ""
    place: str = ""
    languages: list[Spoken] = field(default_factory=list)
    skills: list[str] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    studies: list[Study] = field(default_factory=list)
    links: list[list[str]] = field(default_factory=list)  # label, address
    unread: list[str] = field(default_factory=list)

    @classmethod
    def from_plain(cls, data: dict) -> "Cv":
        """Back from ``dataclasses.asdict``."""
        rows = {"languages": Spoken, "jobs": Job, "studies": Study}
        return cls(**data | {name: [kind(**row) for row in data[name]] for name, kind in rows.items()})

    def first(self, rows: Iterable) -> list:
        """The rows of a list that a profile has room for. No row after them is looked at, only said to be there."""
        found = list(islice(rows, MOST_ROWS + 1))
        if len(found) > MOST_ROWS:
            self.unread.append(_("All after the first %(most)s rows of a list.") % {"most": MOST_ROWS})
        return found[:MOST_ROWS]

    def add_job(self, title: str, started: str, ended: str, **said: str) -> None:
        title = title or said.get("organisation", "")
        if not title:
            return
        if started and ended and ended < started:
            self.unread.append(_("The dates of “%(title)s”: it ends before it begins.") % {"title": title})
            started = ended = ""
        self.jobs.append(Job(title=title, started_on=started, ended_on=ended, **said))

    def add_study(self, title: str, year: str, level: str, **said: str) -> None:
        title = title or said.get("institution", "")
        if title:
            number = int(level) if re.fullmatch("0?[1-8]", level) else None
            self.studies.append(Study(title=title, year=int(year[:4]) if year else None, level=number, **said))

    def add_language(self, code: str, name: str, levels: list[str]) -> None:
        """One level a language: the lowest of those that the file gives, for a host plans with it."""
        code = code.lower() if re.fullmatch("[A-Za-z]{2,3}", code) else ""
        known = [level for level in levels if level in LEVELS or level == FIRST_LANGUAGE]
        if not known:
            self.unread.append(_("The level of “%(language)s”.") % {"language": name or code})
            return
        lowest = FIRST_LANGUAGE if known == [FIRST_LANGUAGE] else min(known)
        self.languages.append(Spoken(LANGUAGES.get(code, code), name, lowest))

    def add_link(self, label: str, url: str) -> None:
        if len(url) <= LONGEST_ADDRESS and url.isprintable() and re.match(r"https://[^\s/]+\.[^\s]+$", url):
            self.links.append([(label or url.split("/")[2])[:60], url])
        elif url:
            self.unread.append(
                _("The address %(url)s: only those that begin with https:// are kept.") % {"url": one_line(url)[:100]}
            )

    def keep_within_bounds(self) -> None:
        """Cut what is longer than a profile takes, and say so."""
        for owner, bounds in [(self, LONGEST), *((row, row.bounds) for row in (*self.jobs, *self.studies))]:
            for name, most in bounds.items():
                text = getattr(owner, name)
                if len(text) > most:
                    setattr(owner, name, text[: most - 1].rstrip() + "…")
                    self.unread.append(_("The end of a long text: “%(start)s…”") % {"start": text[:60]})
        for name in ("languages", "skills", "jobs", "studies", "links"):
            setattr(self, name, self.first(getattr(self, name)))
        self.unread = list(dict.fromkeys(self.unread))[:50]


def plain(text: str) -> str:
    """Text without markup and without the characters that no database keeps; paragraphs and items on own lines."""
    lines = (
        re.sub(r"[\x00-\x1f\x7f\s\ud800-\udfff]+", " ", line).strip()
        for line in _without_markup(text[:LONGEST_TEXT]).split("\n")
    )
    return "\n".join(line for line in lines if line and line != "-")


def _without_markup(text: str) -> str:
    parts, silent_until, start = [], "", 0
    for mark in MARKUP.finditer(text):
        name = (mark["name"] or mark[0]).lower()
        if silent_until:
            silent_until = "" if name == silent_until else silent_until
        elif name == "-->":  # an arrow in a text
            continue
        else:
            parts.append(_said(text[start : mark.start()]))
            silent_until = SILENT.get(name, "")
            if name.lstrip("/") in LINES:
                parts.append("\n- " if name == "li" else "\n")
        start = mark.end()
    return "".join(parts if silent_until else [*parts, _said(text[start:])])


def _said(text: str) -> str:
    """Text between two tags: its own breaks of lines mean nothing, and Python refuses numbers of many digits."""
    return html.unescape(re.sub("&#[0-9]{8,}", " ", text)).replace("\n", " ")


def one_line(text: str) -> str:
    return " ".join(plain(text).split())


def country(code: str) -> str:
    code = code.strip().upper()
    return COUNTRIES.get(code, code) if re.fullmatch("[A-Z]{2}", code) else ""


def day(text: str) -> str:
    """An ISO date from "2021", "2021-10", "2021-10-15" or a time; of a month or year its first day, else nothing."""
    found = re.match(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", text.strip())
    if not found:
        return ""
    year, month, number = (int(part or 1) for part in found.groups())
    try:
        return date(year, month, number).isoformat() if 1930 <= year <= 2100 else ""
    except ValueError:
        return ""
