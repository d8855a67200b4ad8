"""A project: what it does, when, where, told in sections; and the texts that say so."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, IntegerRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.content import RichTextField
from apps.core.models import Country, Sector
from apps.core.publishing import Publishable
from apps.core.translated import Translated

from ..querysets.counting import ProjectCountQuerySet
from ..querysets.finding import KIND
from ..querysets.projects import PartQuerySet, ProjectQuerySet, SourceQuerySet

OPEN_END = 10_000  # a period without a last year reaches into the future


def year_checks(name: str) -> list:
    """First and last year in order, and years of a project: IOM was founded in 1951."""
    return [
        models.CheckConstraint(
            condition=Q(last_year__isnull=True) | Q(first_year__isnull=True) | Q(last_year__gte=F("first_year")),
            name=f"{name}_ends_after_it_began",
            violation_error_message=_("The last year comes before the first one."),
        ),
        models.CheckConstraint(
            condition=(Q(first_year__isnull=True) | Q(first_year__range=(1951, 2100)))
            & (Q(last_year__isnull=True) | Q(last_year__range=(1951, 2100))),
            name=f"{name}_in_years_of_iom",
            violation_error_message=_("Give years between 1951 and 2100."),
        ),
    ]


class Facet(models.IntegerChoices):
    """What the list is narrowed by. A token is ``kind * KIND + number``; `Project.facets` holds a project's tokens."""

    STATUS = 1, _("Status")
    COUNTRY = 2, _("Country")
    RESIDENCE = 3, _("Diaspora living in")
    SECTOR = 4, _("Field")
    YEAR = 5, _("Year")
    STRAND = 6, _("3E approach")

    def token(self, number: int) -> int:
        return self * KIND + number


class Project(Publishable, Translated):
    class Status(models.TextChoices):
        CURRENT = "current", _("Under way")
        PAST = "past", _("Past")
        AD_HOC = "ad_hoc", _("Ad-hoc support")

    class Strand(models.TextChoices):
        """IOM's 3E approach to diasporas."""

        ENABLE = "enable", _("Enable")
        ENGAGE = "engage", _("Engage")
        EMPOWER = "empower", _("Empower")

    slug = models.SlugField(_("web address"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=120)
    lead = models.CharField(_("opening"), max_length=300, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.CURRENT)
    strands = ArrayField(
        models.CharField(max_length=10, choices=Strand), verbose_name=_("3E approach"), default=list, blank=True
    )
    countries = models.ManyToManyField(
        Country, verbose_name=_("countries of action"), related_name="projects", blank=True
    )
    residences = models.ManyToManyField(
        Country, verbose_name=_("countries of residence"), related_name="projects_of_residents", blank=True
    )
    sectors = models.ManyToManyField(Sector, verbose_name=_("fields"), related_name="projects", blank=True)
    contact_role = models.CharField(_("whom to ask"), max_length=160, blank=True, help_text=_("A role, not a person."))
    contact_address = models.EmailField(_("address of that role"), blank=True)
    notes = models.TextField(_("notes of the team"), blank=True, help_text=_("Seen by the team only."))
    #: written by `services.indexing`: what a list needs of the tables around, so that a row costs no further query
    facets = ArrayField(models.IntegerField(), default=list, editable=False)
    years = models.JSONField(default=list, editable=False)  # periods, [[2007, 2007], [2012, null]]
    sort_year = models.SmallIntegerField(default=0, editable=False)  # the newest year that is known
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ProjectQuerySet.as_manager()

    class Meta(Publishable.Meta):
        abstract = False
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        permissions = [("run_every_project", "Can run every project, whoever is in its team")]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(condition=~Q(title=""), name="project_has_a_title"),
            models.CheckConstraint(
                condition=Q(strands__contained_by=["enable", "engage", "empower"]),
                name="project_strands_are_of_3e",
                violation_error_message=_("Choose among the three strands: Enable, Engage, Empower."),
            ),
        ]
        indexes = [
            GinIndex(fields=["facets"], name="project_facets"),
            # With the moment in it, PostgreSQL counts what is public without a look at these wide rows.
            models.Index(
                fields=["-sort_year", "id"],
                include=["public_from"],
                condition=Q(state="published"),
                name="project_public",
            ),
            models.Index(fields=["-changed_at", "-id"], name="project_changed"),  # the administration's order
            # What is public later only: few, and asked for by every list.
            models.Index(fields=["public_from"], condition=Q(state="published"), name="project_scheduled"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("projects:project", args=[self.slug])


class ProjectCount(models.Model):
    """How many projects hold two tokens, ``given`` and ``token``; 0 is held by every project.

    A trigger on the projects writes what each change adds and takes away, in its own transaction; the sum of the rows
    is the number. So no two people who save wait for each other, and no way of changing a project is forgotten.
    """

    state = models.CharField(max_length=10, choices=Publishable.State)
    given = models.IntegerField()
    token = models.IntegerField()
    projects = models.IntegerField()  # added; below zero, taken away

    objects = ProjectCountQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["given", "state"], name="projectcount_given")]

    def __str__(self):
        return f"{self.given}, {self.token}: {self.projects:+} ({self.state})"


class Part(Translated):
    """A row of a project with a place in its order."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="%(class)ss", verbose_name=_("project"))
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("Rows are shown from the lowest number on. A new row with 0 comes last.")
    )

    objects = PartQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["position", "id"]


class Period(models.Model):
    """Years in which the project ran; a project may rest between two."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="periods", verbose_name=_("project"))
    first_year = models.SmallIntegerField(_("first year"))
    last_year = models.SmallIntegerField(
        _("last year"), null=True, blank=True, help_text=_("Empty: the end is not known.")
    )

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["first_year"]
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        constraints = [
            *year_checks("period"),
            ExclusionConstraint(
                name="periods_do_not_overlap",
                expressions=[
                    ("project", RangeOperators.EQUAL),
                    (
                        Func(
                            F("first_year"),
                            Coalesce(F("last_year"), Value(OPEN_END)),
                            Value("[]"),
                            function="int4range",
                            output_field=IntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("Two periods of a project cannot overlap."),
            ),
        ]

    def __str__(self):
        return f"{self.first_year}-{self.last_year or ''}"


class Phase(Part):
    class State(models.TextChoices):
        DONE = "done", _("Completed")
        NOW = "now", _("Current phase")
        NEXT = "next", _("To come")

    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"), max_length=1000, blank=True)
    first_year = models.SmallIntegerField(_("first year"), null=True, blank=True)
    last_year = models.SmallIntegerField(_("last year"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=4, choices=State)

    class Meta(Part.Meta):
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        constraints = year_checks("phase")

    def __str__(self):
        return self.title


class Source(Translated):
    """A text from which facts were taken: a page of the office, a newsletter, a report."""

    slug = models.SlugField(_("short name"), unique=True)
    title = models.CharField(_("title"), max_length=160)
    published = models.CharField(
        _("published"), max_length=40, blank=True, help_text=_("As the text says: a year, a date.")
    )
    url = models.URLField(_("web address"), blank=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self):
        return self.title


class Section(Part):
    """A piece of the story, under its own heading."""

    heading = models.CharField(_("heading"), max_length=120)
    body = RichTextField(_("text"), blank=True)
    sources = models.ManyToManyField(Source, verbose_name=_("sources"), related_name="+", blank=True)

    class Meta(Part.Meta):
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    def __str__(self):
        return self.heading


class Citation(Part):
    """What a project's page takes from which source."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="citations", verbose_name=_("source"))
    what = models.CharField(_("what was taken from it"), max_length=200, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "source"],
                name="a_source_once_a_project",
                violation_error_message=_("This source is already among the references of the project."),
            )
        ]

    def __str__(self):
        return f"{self.source_id}: {self.what}"


class ProjectText(models.Model):
    """All words of a project in one language, for search; only the languages in which it has a title of its own."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="texts")
    language = models.CharField(max_length=2)
    document = SearchVectorField()

    class Meta:
        verbose_name = _("text for search")
        verbose_name_plural = _("texts for search")
        constraints = [models.UniqueConstraint(fields=["project", "language"], name="a_text_once_a_language")]
        indexes = [GinIndex(fields=["document"], name="projecttext_document")]

    def __str__(self):
        return f"{self.project_id} ({self.language})"
