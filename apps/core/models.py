"""The words that every app shares: countries, regions, sectors, skills, languages. And the audit."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .querysets import AuditQuerySet, TermQuerySet


class Term(models.Model):
    """A word of the taxonomy. Loaded from data files, named in four languages; retired, never deleted."""

    name = models.CharField(_("name"), max_length=120)
    active = models.BooleanField(_("in use"), default=True)
    # What staff have changed, the data files leave alone from then on.
    kept_by_staff = models.BooleanField(default=False, editable=False)

    objects = TermQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self):
        return self.name


class Country(Term):
    code = models.CharField(_("ISO 3166-1 code"), max_length=2, unique=True)
    priority = models.BooleanField(
        _("priority country"), default=False, help_text=_("One of the 14 partner countries of Belgian cooperation.")
    )

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")


class Region(Term):
    """Where in Belgium or Luxembourg somebody lives; elsewhere the country is enough."""

    code = models.CharField(_("ISO 3166-2 code"), max_length=6, unique=True)
    country = models.ForeignKey(Country, models.PROTECT, related_name="regions", verbose_name=_("country"))
    shape = models.CharField(_("shape on the map"), max_length=6, help_text=_("Luxembourg's cantons share one shape."))

    class Meta:
        verbose_name = _("region of residence")
        verbose_name_plural = _("regions of residence")


class Sector(Term):
    slug = models.SlugField(unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")


class Language(Term):
    code = models.CharField(_("ISO 639 code"), max_length=3, unique=True)
    autonym = models.CharField(_("its own name"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("language")
        verbose_name_plural = _("languages")


class Skill(Term):
    slug = models.SlugField(unique=True)
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="skills", verbose_name=_("sector"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("wider skill")
    )
    synonyms = models.TextField(_("synonyms"), blank=True, help_text=_("One a line."))
    # The skill itself and everything wider, so that a search for "health professions" finds a nurse without a walk.
    lineage = ArrayField(models.BigIntegerField(), default=list, editable=False)

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        constraints = [models.CheckConstraint(condition=~Q(parent=models.F("id")), name="skill_is_not_its_own_parent")]


class SkillName(models.Model):
    """One name or synonym of a skill in one language, folded: what a search is matched against."""

    skill = models.ForeignKey(Skill, models.CASCADE, related_name="names")
    language = models.CharField(max_length=2)
    key = models.CharField(max_length=120)

    class Meta:
        verbose_name = _("name of a skill")
        verbose_name_plural = _("names of skills")
        constraints = [models.UniqueConstraint(fields=["skill", "language", "key"], name="one_name_once")]
        indexes = [
            models.Index(fields=["key"], name="skillname_key"),
            GinIndex(fields=["key"], name="skillname_similar", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self):
        return f"{self.key} ({self.language})"


class AuditEntry(models.Model):
    """One deed or one reading of personal data. Ids without foreign keys: the record outlives what it speaks of."""

    READ = "read"

    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor_id = models.BigIntegerField(_("who"), null=True)
    unit = models.CharField(_("in the role of"), max_length=200, blank=True)
    verb = models.CharField(_("what"), max_length=60)
    target_type = models.CharField(_("kind of object"), max_length=60, blank=True)
    target_id = models.CharField(_("object"), max_length=40, blank=True)
    person_id = models.BigIntegerField(_("whom it concerns"), null=True)
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    detail = models.JSONField(_("details"), default=dict)
    request_id = models.CharField(_("request"), max_length=40, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit")
        indexes = [
            models.Index(fields=["person_id", "-at"], name="audit_person"),
            models.Index(fields=["target_type", "target_id"], name="audit_target"),
            models.Index(fields=["-at"], name="audit_at"),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"
