"""A project as one reader gets it: every text in his language or marked with its own, parts without facts left out.

One query, whatever is in the project, and what is drawn is kept by what that query says. A page that is not kept yet
costs two more, one that counts records those and one a counter each time.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import get_language, get_language_info, ngettext
from django.utils.translation import gettext as _

from apps.core.content import render
from apps.core.documents import KINDS
from apps.core.files import key_of
from apps.core.timeline import in_words
from apps.core.translated import is_read_in
from apps.core.vocabulary import Word, Words, words

from . import cards, numbers
from .models import Facet, Partnership, Project
from .numbers import Number
from .querysets.told import text_of

Role = Partnership.Role
FOCUS = 25  # per cent: the steps in which the style sheet knows a picture's focus


class Text(NamedTuple):
    """Words, and their language where it is not the page's."""

    words: str
    language: str = ""

    @property
    def lang(self) -> SafeString:
        """The attribute that marks them."""
        return format_html(' lang="{}"', self.language) if self.language else SafeString("")


NONE = Text("")


class Fact(NamedTuple):
    label: str
    values: list[Text]


class Section(NamedTuple):
    anchor: str
    heading: Text
    body: SafeString
    language: Text  # of the body
    sources: list[tuple[int, Text]]


class Phase(NamedTuple):
    state: str
    title: Text
    text: Text
    years: str


class Deliverable(NamedTuple):
    label: Text
    planned: Text
    delivered: Text
    planned_source: Text
    delivered_source: Text


class Target(NamedTuple):
    name: Text
    number: Number
    source: Text  # of what was achieved
    target_source: Text


class Logo(NamedTuple):
    url: str
    width: int
    height: int


class Partner(NamedTuple):
    """An organization with everything it does in the project."""

    name: Text
    roles: list[str]
    notes: list[Text]
    website: str
    logo: Logo | None


class Document(NamedTuple):
    url: str
    title: Text
    kind: str
    about: str
    is_public: bool


class Video(NamedTuple):
    """A film of ours has an address here; one elsewhere has its own, and the host to which it leads."""

    url: str
    title: Text
    about: str
    content_type: str
    captions: str
    language: Word
    host: str


class Picture(NamedTuple):
    url: str
    small: str
    alt: Text
    credit: str
    width: int
    height: int
    focus: str


class Source(NamedTuple):
    number: int
    title: Text
    published: str
    url: str
    what: Text


@dataclass(frozen=True)
class Sheet:
    title: Text
    lead: Text
    sectors: list[str]
    residences: list[str]
    countries: list[str]
    facts: list[Fact]
    funders: list[Text]
    sections: list[Section]
    phases: list[Phase]
    targets: list[Target]
    deliverables: list[Deliverable]
    pictures: list[Picture]
    videos: list[Video]
    partners: list[Partner]
    documents: list[Document]
    sources: list[Source]
    contact: Text
    note: str  # what is not there in the reader's language, "" where everything is

    @property
    def is_elsewhere(self) -> bool:
        """Is the project as a whole written in another language than the reader's?"""
        return bool(self.title.language)

    @property
    def has_parts(self) -> bool:
        """Is there anything under the strip of facts that one can go to?"""
        parts = [self.sections, self.phases, self.targets, self.deliverables, self.videos, self.partners]
        return any(parts) or any([self.documents, self.sources, self.contact.words])

    @property
    def lead_picture(self) -> Picture | None:
        return self.pictures[0] if self.pictures else None


class Page(NamedTuple):
    """The sheet, and what is drawn from it alone: it is the same for all who read this text in this language."""

    told: Sheet
    hero: SafeString
    body: SafeString
    parts: SafeString  # the links of "On this page"


def page(project: int, *, private: bool) -> Page:
    """``private``: for somebody of its team. A page is kept by its content, so nothing can go stale."""
    language = get_language() or settings.LANGUAGE_CODE
    text, is_counted = text_of(project, language=language, private=private)
    vocabulary = tuple(words(kind) for kind in ("countries", "sectors", "languages"))
    draw = _page.__wrapped__ if is_counted else _page  # records change without this text
    return draw(text, language, private, localdate(), vocabulary)


@lru_cache(maxsize=100)
def _page(text: str, language: str, private: bool, today: date, vocabulary: tuple[Words, ...]) -> Page:
    rows = {kind: found or [] for kind, found in json.loads(text).items()}
    project = Project.objects.get(pk=rows["project"]["id"])
    told = _sheet(project, rows, language, private=private, today=today)
    drawn = [
        render_to_string(
            f"projects/_{part}.html", {"project": project, "told": told, "contact": settings.CONTACT_ADDRESS}
        )
        for part in ("hero", "body", "parts")
    ]
    return Page(told, *drawn)


def _sheet(project: Project, rows: dict[str, list], language: str, *, private: bool, today: date) -> Sheet:
    reader = _Reader(language)
    partners = [(reader.text(name), role) for _pk, _organisation, name, role, *_rest in rows["partners"]]
    targets = numbers.achieved(project.indicators.all(), at=today, in_full=private) if rows["indicators"] else []
    title = reader.of(project, "title")
    return Sheet(
        title=title,
        lead=reader.of(project, "lead"),
        sectors=cards.names(project, Facet.SECTOR, "sectors"),
        residences=cards.names(project, Facet.RESIDENCE, "countries"),
        countries=cards.names(project, Facet.COUNTRY, "countries"),
        facts=_facts(project, partners),
        funders=[name for name, role in partners if role == Role.DONOR],
        sections=[_section(reader, *row) for row in rows["sections"]],
        phases=[
            Phase(state, reader.text(title), reader.text(text), _years(first, last))
            for title, text, first, last, state in rows["phases"]
        ],
        targets=[_target(reader, number) for number in targets],
        deliverables=[Deliverable(*map(reader.text, row)) for row in rows["deliverables"]],
        pictures=[_picture(reader, *row) for row in rows["pictures"]],
        videos=[_video(reader, *row) for row in rows["videos"]],
        partners=_partners(reader, rows["partners"]),
        documents=[_document(reader, *row) for row in rows["documents"]],
        sources=[
            Source(number, reader.text(title), published, url, reader.text(what))
            for number, title, published, url, what in rows["citations"]
        ],
        contact=reader.of(project, "contact_role"),
        note=reader.note(bool(title.language)),
    )


class _Reader:
    """Marks what is read in another language than his, and remembers which."""

    def __init__(self, own: str):
        self.own, self.met = own, set()

    def text(self, told: list | None) -> Text:
        if not told:
            return NONE
        written, language = told
        if language == self.own:
            return Text(written)
        self.met.add(language)
        return Text(written, language)

    def of(self, row, name: str) -> Text:
        return self.text([getattr(row, name) or "", is_read_in(row, name, self.own)])

    def note(self, of_all: bool) -> str:
        """Say what is not there in his language, once everything is read."""
        if not self.met:
            return ""
        names = [_name_of(code) for code, _name in settings.LANGUAGES if code in self.met]
        said = {"own": _name_of(self.own), "other": ", ".join(names)}
        if of_all:
            return _("This project is not yet told in %(own)s; you read it in %(other)s.") % said
        return _("Parts of this page are not yet in %(own)s; you read them in %(other)s.") % said


def _name_of(language: str) -> str:
    return str(get_language_info(language)["name_translated"])


def _facts(project: Project, partners: list[tuple[Text, str]]) -> list[Fact]:
    """The strip under the hero; what is not known is not there."""

    def those(role: str) -> list[Text]:
        return [name for name, own in partners if own == role]

    strands = [str(Project.Strand(strand).label) for strand in project.strands]
    facts = [
        Fact(_("Period"), [Text(when)] if (when := periods(project)) else []),
        Fact(_("Host institutions"), those(Role.HOST)),
        Fact(_("Funded by"), those(Role.DONOR)),
        Fact(_("Led by"), those(Role.LEAD)),
        Fact(_("3E approach"), [Text(strand) for strand in strands]),
    ]
    return [fact for fact in facts if fact.values]


def periods(project: Project) -> str:
    """``[[2007, 2007], [2012, 2015]]`` → "2007, and again 2012–2015"."""
    is_over = project.status == Project.Status.PAST
    told = [
        _("from %(year)s, the end is not known") % {"year": first}
        if last is None and is_over
        else in_words([(first, last)])
        for first, last in project.years
    ]
    whole = ""
    for again in told:
        whole = _("%(earlier)s, and again %(later)s") % {"earlier": whole, "later": again} if whole else again
    return whole[:1].upper() + whole[1:]


def _years(first: int | None, last: int | None) -> str:
    if first is None:
        return _("until %(year)s") % {"year": last} if last else ""
    return in_words([(first, last)])


def _section(reader, pk, heading, body, sources) -> Section:
    written = reader.text(body)
    named = [(number, reader.text(title)) for number, title in sources or []]
    return Section(f"section-{pk}", reader.text(heading), render(written.words), written, named)


def _target(reader, number: Number) -> Target:
    source, planned = number.source, number.indicator.source
    return Target(
        reader.of(number.indicator, "name"),
        number,
        reader.of(source, "title") if source else NONE,
        reader.of(planned, "title") if planned else NONE,
    )


def _partners(reader, rows) -> list[Partner]:
    """One line an organization; the same may fund and lead."""
    found: dict[int, Partner] = {}
    for pk, organisation, name, role, note, website, logo, width, height in rows:
        image = Logo(_kept(reverse("projects:logo", args=[pk]), logo), width, height) if logo else None
        partner = found.setdefault(organisation, Partner(reader.text(name), [], [], website, image))
        partner.roles.append(str(Role(role).label))
        if note:
            partner.notes.append(reader.text(note))
    return list(found.values())


def _document(reader, pk, title, language, content_type, pages, size, is_public) -> Document:
    kind = KINDS.get(content_type)
    about = [
        _language(language).name,
        ngettext("%(count)s page", "%(count)s pages", pages) % {"count": pages} if pages else "",
        filesizeformat(size) if size else "",
    ]
    return Document(
        reverse("projects:document", args=[pk]),
        reader.text(title),
        kind.extension.upper() if kind else "",
        ", ".join(filter(None, about)),
        is_public,
    )


def _video(reader, pk, title, language, content_type, size, is_ours, has_captions, url) -> Video:
    spoken = _language(language)
    return Video(
        url=reverse("projects:video", args=[pk]) if is_ours else url,
        title=reader.text(title),
        about=", ".join(filter(None, [spoken.name, filesizeformat(size) if size else ""])),
        content_type=content_type,
        captions=reverse("projects:captions", args=[pk]) if has_captions else "",
        language=spoken,
        host="" if is_ours else urlsplit(url).hostname or url,
    )


def _picture(reader, pk, alt, is_decorative, credit, image, small, width, height, x, y) -> Picture:
    return Picture(
        url=_kept(reverse("projects:picture", args=[pk, "large"]), image),
        small=_kept(reverse("projects:picture", args=[pk, "small"]), small) if small else "",
        alt=NONE if is_decorative else reader.text(alt),
        credit=credit,
        width=width,
        height=height,
        focus=f"fx-{_step(x)} fy-{_step(y)}",
    )


def _step(per_cent: int) -> int:
    return round(per_cent / FOCUS) * FOCUS


def _kept(url: str, name: str) -> str:
    """An address that names the content, so that browsers may keep it."""
    return f"{url}?v={key_of(name)}"


def _language(number: int) -> Word:
    return words("languages").by_id.get(number) or Word(number, "", "")
