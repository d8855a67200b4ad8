"""Who gives money, who works along, who hosts."""

from secrets import token_urlsafe

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import Country
from apps.core.translated import Translated

from ..querysets.projects import OrganisationQuerySet
from .project import Part


def logo_path(organisation, filename) -> str:
    return f"logos/{token_urlsafe(16)}.webp"


class Organisation(Translated):
    class Kind(models.TextChoices):
        GOVERNMENT = "government", _("Government")
        INTERNATIONAL = "international", _("International organization")
        HOST = "host", _("Host institution")
        CIVIL_SOCIETY = "civil-society", _("Civil society")
        BUSINESS = "business", _("Business")
        EDUCATION = "education", _("Education and research")

    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("country")
    )
    website = models.URLField(_("website"), blank=True)
    logo = models.FileField(_("logo"), upload_to=logo_path, blank=True)
    logo_width = models.PositiveSmallIntegerField(default=0, editable=False)
    logo_height = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="organisation_has_a_name",
                violation_error_message=_("An organization needs a name."),
            )
        ]

    def __str__(self):
        return self.name


class Partnership(Part):
    class Role(models.TextChoices):
        DONOR = "donor", _("Funding")
        LEAD = "lead", _("Lead")
        GOVERNMENT = "government", _("Government partner")
        PARTNER = "partner", _("Partner")
        HOST = "host", _("Host institution")

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="partnerships", verbose_name=_("organization")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.PARTNER)
    note = models.CharField(_("what it does there"), max_length=200, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "organisation", "role"],
                name="a_partner_once_a_role",
                violation_error_message=_("This organization already has this role in the project."),
            )
        ]

    def __str__(self):
        return f"{self.organisation_id} ({self.role})"
