"""The front page of the administration: what waits for whoever opens it, and how his projects stand.

Everybody sees what his rights and his teams let him see, and nothing of other teams' drafts. A fixed number of queries:
the projects are read once, and asked about together.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localdate, localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from apps.core import charts, history
from apps.core.admin.beside import NAMES, PARAMETER
from apps.core.admin.versions import reason_of
from apps.core.translated import OTHERS, is_read_in
from apps.members.models import DataExport, Erasure, MessageReport
from apps.outbox.models import OutgoingMail, State
from apps.projects import numbers
from apps.projects.models import Indicator, Project, TeamMember
from apps.projects.numbers import Number
from apps.projects.services import translating

from .models import Page

MOST_PROJECTS = 200  # those changed last; whoever runs every project has the list besides
A_FEW = 6  # lines under one heading
MOST_TARGETS = 10
MOST_CHANGES = 8


@dataclass(frozen=True)
class Line:
    """A record that waits for somebody."""

    title: str
    language: str  # of the title, "" where it is the page's own
    url: str
    text: str = ""


@dataclass
class Heading:
    """The first lines of a kind, and how many there are."""

    title: str
    lines: list[Line] = field(default_factory=list)
    number: int = 0

    def add(self, line: Line) -> None:
        self.number += 1
        if len(self.lines) < A_FEW:
            self.lines.append(line)

    @property
    def more(self) -> int:
        return self.number - len(self.lines)


@dataclass(frozen=True)
class Target:
    name: str
    name_language: str
    project: Line
    number: Number
    bar: SafeString

    @property
    def is_unknown(self) -> bool:
        return not self.number.text

    @property
    def is_behind(self) -> bool:
        """Short of its target, as far as a number is known."""
        return self.number.is_behind and not self.is_unknown

    @property
    def standing(self) -> str:
        return _("not known yet") if self.is_unknown else _("behind") if self.is_behind else _("reached")


@dataclass(frozen=True)
class Change:
    project: Line
    at: datetime
    who: str
    what: str


class Desk:
    """One person's front page; each of its parts is empty where it does not concern him."""

    def __init__(self, user):
        self.user = user

    # --- whose projects -----------------------------------------------------------------------------------------------
    @cached_property
    def projects(self) -> list[Project]:
        if not self.user.has_perm("projects.view_project"):
            return []
        return list(Project.objects.run_by(self.user).for_desk().order_by("-changed_at", "-pk")[:MOST_PROJECTS])

    @cached_property
    def _written(self) -> list[Project]:
        """Those that he may write in, and not only read."""
        if not self.user.has_perm("projects.change_project"):
            return []
        if self.user.has_perm("projects.run_every_project"):
            return self.projects
        reads = set(TeamMember.objects.of(self.user).who_only_read().values_list("project_id", flat=True))
        return [project for project in self.projects if project.pk not in reads]

    # --- what waits ---------------------------------------------------------------------------------------------------
    @cached_property
    def not_public(self) -> list[Heading]:
        drafts, later, withdrawn = Heading(_("Drafts")), Heading(_("To be public later")), Heading(_("Withdrawn"))
        for project in self.projects:
            if project.is_scheduled:
                later.add(_line(project, date_format(localtime(project.public_from), _("j F Y, H:i"))))
            elif not project.is_public:
                is_draft = project.state == Project.State.DRAFT
                changed = _("changed on %(day)s") % {"day": date_format(localtime(project.changed_at), _("j F Y"))}
                (drafts if is_draft else withdrawn).add(_line(project, changed))
        return [heading for heading in (drafts, later, withdrawn) if heading.lines]

    @cached_property
    def to_translate(self) -> list[Heading]:
        """By language: what is older than its English first, then what is missing; each link opens it beside it."""
        waiting = translating.waiting(self._written)
        rows = [(project, waiting[project.pk].lacking, waiting[project.pk].stale) for project in self._written]
        rows += [(page, page.lacking, page.stale) for page in self._pages]
        headings = []
        for code in OTHERS:
            heading = Heading(NAMES[code])
            for row, lacking, stale in sorted(rows, key=lambda row: code not in row[2]):
                said = [_("out of date")] * (code in stale) + [_("missing")] * (code in lacking)
                if said:
                    heading.add(_line(row, ", ".join(said), f"?{PARAMETER}={code}"))
            headings += [heading] if heading.lines else []
        return headings

    @cached_property
    def _pages(self) -> Iterable[Page]:
        return Page.objects.visible_to(self.user).to_translate() if self.user.has_perm("portal.change_page") else ()

    @cached_property
    def of_people(self) -> list[Line]:
        """Reported messages, mails that need a decision, requests about one's data: numbers, and where they stand."""
        return [line for count in (self._reports, self._mails, self._requests) for line in count()]

    def _reports(self):
        if self.user.has_perm("members.view_messagereport"):
            number = MessageReport.objects.visible_to(self.user).open().count()
            said = ngettext("%(number)d reported message", "%(number)d reported messages", number)
            yield from _counted(said, number, "members_messagereport_changelist", "?state__exact=open")

    def _mails(self):
        if self.user.has_perm("outbox.view_outgoingmail"):
            mails = OutgoingMail.objects.visible_to(self.user).in_state(State.UNCERTAIN, State.FAILED).counts()
            number = mails.get(State.UNCERTAIN, 0)
            said = ngettext("%(number)d uncertain mail", "%(number)d uncertain mails", number)
            yield from _counted(said, number, "outbox_outgoingmail_status")
            number = mails.get(State.FAILED, 0)
            said = ngettext("%(number)d mail that failed", "%(number)d mails that failed", number)
            yield from _counted(said, number, "outbox_outgoingmail_changelist", f"?state__exact={State.FAILED}")

    def _requests(self):
        if self.user.has_perm("members.view_user"):
            number = DataExport.objects.unfinished().count()
            said = ngettext(
                "%(number)d copy of somebody’s data not yet ready", "%(number)d copies of data not yet ready", number
            )
            yield from _counted(said, number, "members_user_changelist")
            number = Erasure.objects.count()
            said = ngettext("%(number)d account about to be deleted", "%(number)d accounts about to be deleted", number)
            yield from _counted(said, number, "members_user_changelist")

    @property
    def is_clear(self) -> bool:
        return not (self.not_public or self.to_translate or self.of_people)

    # --- how the projects stand ---------------------------------------------------------------------------------------
    @cached_property
    def _targets(self) -> list[Target]:
        """All that have a target: what is behind first, then what is not known; what is over after what runs."""
        projects = {project.pk: project for project in self.projects}
        indicators = Indicator.objects.of_projects(projects).with_target()
        found = numbers.achieved(indicators, at=localdate(), in_full=True) if projects else []
        told = [(_target(number, projects[number.indicator.project_id]), number) for number in found]
        told.sort(
            key=lambda pair: (
                not pair[0].is_behind,
                not pair[0].is_unknown,
                projects[pair[1].indicator.project_id].status == Project.Status.PAST,
            )
        )
        return [target for target, _number in told]

    @property
    def targets(self) -> list[Target]:
        return self._targets[:MOST_TARGETS]

    @cached_property
    def behind(self) -> int:
        return sum(target.is_behind for target in self._targets)

    @cached_property
    def unknown(self) -> int:
        return sum(target.is_unknown for target in self._targets)

    @cached_property
    def targets_table(self) -> list[list[str]]:
        return [
            [
                f"{target.name} ({target.project.title})",
                target.number.target_text,
                target.number.text or "-",
                target.standing,
            ]
            for target in self.targets
        ]

    @cached_property
    def years(self) -> list[tuple[int, int]]:
        """How many of the projects ran in each year, as far as their years are known."""
        this_year = localdate().year
        ran = Counter(
            year
            for project in self.projects
            for first, last in project.years
            for year in range(first, (last or max(first, this_year)) + 1)
        )
        return [(year, ran[year]) for year in range(min(ran), max(max(ran), this_year) + 1)] if ran else []

    @property
    def columns(self) -> SafeString:
        return charts.columns(number for _year, number in self.years)

    @property
    def most(self) -> int:
        return max((number for _year, number in self.years), default=0)

    @cached_property
    def changes(self) -> list[Change]:
        projects = {project.pk: project for project in self.projects}
        latest = history.latest(Project, projects)[:MOST_CHANGES] if projects else ()
        return [
            Change(
                _line(projects[int(version.object_id)], page="history"),
                version.revision.date_created,
                str(version.revision.user),
                reason_of(version.revision.comment) or _("Changed"),
            )
            for version in latest
        ]


def _target(number: Number, project: Project) -> Target:
    own = get_language()
    read = is_read_in(number.indicator, "name", own)
    language = "" if read == own else read
    return Target(number.indicator.name, language, _line(project), number, charts.bar(number.value or 0, number.target))


def _line(row: Project | Page, text: str = "", query: str = "", page: str = "change") -> Line:
    own, read = get_language(), is_read_in(row, "title", get_language())
    url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[row.pk])
    return Line(row.title, "" if read == own else read, f"{url}{query}", text)


def _counted(said: str, number: int, page: str, query: str = "") -> list[Line]:
    return [Line(said % {"number": number}, "", f"{reverse(f'admin:{page}')}{query}")] if number else []
