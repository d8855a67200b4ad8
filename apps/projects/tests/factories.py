"""Projects for tests.

`ProjectFactory(published=True)` is public; `ProjectFactory(team=[user])` is led by that user. Words of the taxonomy
are given as lists: `ProjectFactory(countries=[rwanda], residences=[belgium], sectors=[health])`; years as pairs:
`ProjectFactory(periods=[(2007, 2007), (2012, None)])`.
"""

import factory
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from apps.core.tests.factories import LanguageFactory
from apps.members.tests.factories import UserFactory
from apps.projects import models
from apps.projects.services import indexing


class ProjectFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Project
        skip_postgeneration_save = True

    class Params:
        published = factory.Trait(state=models.Project.State.PUBLISHED, public_from=factory.LazyFunction(timezone.now))

    slug = factory.Sequence("project-{}".format)
    title_en = factory.Sequence("Project {}".format)

    @factory.post_generation
    def countries(self, create, extracted, **kwargs):
        self.countries.set(extracted or [])

    @factory.post_generation
    def residences(self, create, extracted, **kwargs):
        self.residences.set(extracted or [])

    @factory.post_generation
    def sectors(self, create, extracted, **kwargs):
        self.sectors.set(extracted or [])

    @factory.post_generation
    def periods(self, create, extracted, **kwargs):
        for first, last in extracted or []:
            self.periods.create(first_year=first, last_year=last)

    @factory.post_generation
    def team(self, create, extracted, **kwargs):
        for user in extracted or []:
            self.team.create(user=user, role=models.TeamMember.Role.LEAD)

    @classmethod
    def _after_postgeneration(cls, instance, create, results=None):
        indexing.index(project=instance)
        instance.refresh_from_db()


class PartFactory(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True

    project = factory.SubFactory(ProjectFactory, published=True)
    position = factory.Sequence(lambda n: n % 1000)


class SectionFactory(PartFactory):
    class Meta:
        model = models.Section

    heading_en = "What the project does"
    body_en = "<p>It trains trainers.</p>"


class PhaseFactory(PartFactory):
    class Meta:
        model = models.Phase

    title_en = factory.Sequence("Phase {}".format)
    state = models.Phase.State.DONE


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Organisation

    slug = factory.Sequence("organisation-{}".format)
    name_en = factory.Sequence("Organisation {}".format)
    kind = models.Organisation.Kind.INTERNATIONAL


class PartnershipFactory(PartFactory):
    class Meta:
        model = models.Partnership

    organisation = factory.SubFactory(OrganisationFactory)


class SourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Source

    slug = factory.Sequence("source-{}".format)
    title_en = factory.Sequence("Source {}".format)
    published = "2019"


class IndicatorFactory(PartFactory):
    class Meta:
        model = models.Indicator

    name_en = "Experts who moved for a time"
    target = 20


class FigureFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Figure

    indicator = factory.SubFactory(IndicatorFactory)
    value = 37
    on = timezone.datetime(2019, 10, 5).date()
    source = factory.SubFactory(SourceFactory)


class DocumentFactory(PartFactory):
    class Meta:
        model = models.Document

    title_en = factory.Sequence("Report {}".format)
    language = factory.SubFactory(LanguageFactory, code="en", name="English")
    file = factory.django.FileField(filename="report.pdf", data=b"%PDF-1.4 sample")
    content_type = "application/pdf"
    pages = 12
    size = 15


class VideoFactory(PartFactory):
    class Meta:
        model = models.Video

    title_en = "A week in Huye"
    language = factory.SubFactory(LanguageFactory, code="en", name="English")
    file = factory.django.FileField(filename="film.webm", data=b"film")
    captions = factory.django.FileField(filename="film.vtt", data=b"WEBVTT")
    content_type = "video/webm"


class PictureFactory(PartFactory):
    class Meta:
        model = models.Picture

    image = factory.django.FileField(filename="picture.webp", data=b"large")
    small = factory.django.FileField(filename="picture.webp", data=b"small")
    is_decorative = True


def addresses_of(project) -> dict[str, str]:
    """By the name of a route: the page of a project, and a file of each kind, made for it."""
    film, picture = VideoFactory(project=project), PictureFactory(project=project)
    of = {"organisation__logo": ContentFile(b"logo", name="logo.webp")}
    return {
        "projects:project": project.get_absolute_url(),
        "projects:document": DocumentFactory(project=project).get_absolute_url(),
        "projects:video": reverse("projects:video", args=[film.pk]),
        "projects:captions": reverse("projects:captions", args=[film.pk]),
        "projects:picture": reverse("projects:picture", args=[picture.pk, "large"]),
        "projects:logo": reverse("projects:logo", args=[PartnershipFactory(project=project, **of).pk]),
    }


class TeamMemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.TeamMember

    project = factory.SubFactory(ProjectFactory)
    user = factory.SubFactory(UserFactory, is_staff=True)
    role = models.TeamMember.Role.EDITOR


class DonorReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.DonorReport

    class Params:
        ready = factory.Trait(
            state=models.DonorReport.State.READY,
            ready_at=factory.LazyFunction(timezone.now),
            pdf=factory.django.FileField(filename="report.pdf", data=b"%PDF-1.7 sample"),
            sheet=factory.django.FileField(filename="report.xlsx", data=b"PK sample"),
        )

    donor = factory.SubFactory(OrganisationFactory)
    asked_by = factory.SubFactory(UserFactory, is_staff=True)
    first_day = timezone.datetime(2019, 1, 1).date()
    last_day = timezone.datetime(2019, 12, 31).date()
    language = "en"
