"""What a profile tells of work and study, and what its owner adds to it: dates, files, links."""

from secrets import token_urlsafe

from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import Country

from ..querysets.desk import PrivateDocumentQuerySet
from .profile import Profile


def document_path(document, filename) -> str:
    """A random name: nobody guesses it, and what the file was called at home is not in it."""
    return f"documents/{token_urlsafe(24)}"


class Occupation(models.Model):
    """One job or engagement; a profile has several, the one without an end is today's."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="occupations")
    title = models.CharField(_("what you do or did"), max_length=140)
    organisation = models.CharField(_("organisation"), max_length=140, blank=True)
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("country")
    )
    started_on = models.DateField(_("from"), null=True, blank=True)
    ended_on = models.DateField(_("until"), null=True, blank=True)
    text = models.TextField(_("in a few sentences"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("occupation of a member")
        verbose_name_plural = _("occupations of members")
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="occupation_has_a_title"),
            models.CheckConstraint(
                condition=Q(started_on__isnull=True) | Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="occupation_ends_after_it_starts",
            ),
        ]

    def __str__(self):
        return self.title


class Degree(models.Model):
    """A diploma, certificate or training that a member has."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="degrees")
    title = models.CharField(_("degree or training"), max_length=140)
    institution = models.CharField(_("school or university"), max_length=140, blank=True)
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("country")
    )
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    level = models.PositiveSmallIntegerField(
        _("level"), null=True, blank=True, help_text=_("1 to 8, of the European Qualifications Framework.")
    )

    class Meta:
        verbose_name = _("degree of a member")
        verbose_name_plural = _("degrees of members")
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="degree_has_a_title"),
            models.CheckConstraint(condition=Q(level__isnull=True) | Q(level__range=(1, 8)), name="degree_level_known"),
            models.CheckConstraint(
                condition=Q(year__isnull=True) | Q(year__range=(1930, 2100)), name="degree_of_our_time"
            ),
        ]

    def __str__(self):
        return self.title


class Availability(models.Model):
    """A window in which a member is free: for how many weeks, where, on site or at a distance."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="availabilities")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    min_weeks = models.PositiveSmallIntegerField(_("at least, in weeks"), null=True, blank=True)
    max_weeks = models.PositiveSmallIntegerField(_("at most, in weeks"), null=True, blank=True)
    on_site = models.BooleanField(_("on site"), default=True)
    remote = models.BooleanField(_("at a distance"), default=False)
    countries = models.ManyToManyField(
        Country, blank=True, related_name="+", verbose_name=_("ready to go to"), help_text=_("None: anywhere.")
    )

    class Meta:
        verbose_name = _("availability of a member")
        verbose_name_plural = _("availabilities of members")
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="availability_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(on_site=True) | Q(remote=True), name="availability_says_how"),
            models.CheckConstraint(
                condition=Q(min_weeks__isnull=True) | Q(max_weeks__isnull=True) | Q(max_weeks__gte=F("min_weeks")),
                name="availability_weeks_in_order",
            ),
        ]

    def __str__(self):
        return f"{self.starts_on} – {self.ends_on}"


class Link(models.Model):
    """A page elsewhere: a portfolio, a publication, a professional network."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="links")
    label = models.CharField(_("what it is"), max_length=60)
    url = models.URLField(_("address"), max_length=300, validators=[URLValidator(schemes=["https"])])

    class Meta:
        verbose_name = _("link of a member")
        verbose_name_plural = _("links of members")
        constraints = [
            models.UniqueConstraint(fields=["profile", "url"], name="a_link_once"),
            models.CheckConstraint(condition=Q(url__startswith="https://"), name="links_are_https"),
        ]

    def __str__(self):
        return self.label


class PrivateDocument(models.Model):
    """A CV or certificate: its owner's, and the IOM team's with a purpose if he wants so. Never on a page of others."""

    class Kind(models.TextChoices):
        CV = "cv", _("CV")
        CERTIFICATE = "certificate", _("Certificate")

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="documents")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=120)
    file = models.FileField(_("file"), upload_to=document_path)
    content_type = models.CharField(_("type"), max_length=100, editable=False)
    size = models.PositiveIntegerField(_("size in bytes"), editable=False)
    for_iom = models.BooleanField(_("the IOM team may open it, with a purpose"), default=True)
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    objects = PrivateDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document of a member")
        verbose_name_plural = _("documents of members")
        constraints = [
            models.UniqueConstraint(fields=["profile"], condition=Q(kind="cv"), name="one_cv"),
            models.CheckConstraint(condition=Q(kind__in=["cv", "certificate"]), name="document_kind_known"),
        ]

    def __str__(self):
        return self.name
