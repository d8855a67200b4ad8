"""What a call, an assignment or a request asks for: sets of criteria, handed in by the apps that own those things."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import Country, Language, Sector, Skill

from ..querysets.matching import CriteriaQuerySet, CriterionQuerySet
from .profile import LanguageLevel, Offer, Profile, SkillLevel

#: which columns each kind of criterion fills; all the others stay empty
COLUMNS = {
    "skill": ["skill", "skill_level"],
    "language": ["language", "language_level"],
    "residence": ["countries"],
    "destination": ["country"],
    "dates": ["starts_on", "ends_on", "weeks"],
    "mode": ["mode"],
    "sector": ["sector"],
    "offer": ["offer"],
}
EMPTY = {"countries": [], "language_level": "", "mode": ""}  # and NULL for the rest


def _filled(what: str) -> Q:
    """The columns of this kind are filled, and no others: what the database asks of each row."""
    condition = Q(what=what)
    for column in sorted({name for columns in COLUMNS.values() for name in columns}):
        empty = Q(**({column: EMPTY[column]} if column in EMPTY else {f"{column}__isnull": True}))
        condition &= ~empty if column in COLUMNS[what] else empty
    return condition


class Criteria(models.Model):
    """One set: of what it speaks is known to the app of its kind only (see ``matching_kinds``)."""

    kind = models.CharField(_("kind"), max_length=60)
    about_id = models.BigIntegerField(_("about"))
    open_until = models.DateField(_("open until"), null=True, blank=True)
    at = models.DateTimeField(_("handed in"), auto_now=True)  # the last time: whom it fits now is asked anew

    objects = CriteriaQuerySet.as_manager()

    class Meta:
        verbose_name = _("set of criteria")
        verbose_name_plural = _("sets of criteria")
        constraints = [models.UniqueConstraint(fields=["kind", "about_id"], name="one_set_for_one_thing")]
        indexes = [models.Index(fields=["-at"], name="criteria_newest")]

    def __str__(self):
        return f"{self.kind} {self.about_id}"


class Criterion(models.Model):
    """One thing asked for. Which columns it fills follows from what it is, and the database holds it to that."""

    class What(models.TextChoices):
        SKILL = "skill", _("Profession or skill")
        LANGUAGE = "language", _("Language")
        RESIDENCE = "residence", _("Lives in")
        DESTINATION = "destination", _("Ready to go to")
        DATES = "dates", _("Free")
        MODE = "mode", _("On site or at a distance")
        SECTOR = "sector", _("Field of work")
        OFFER = "offer", _("Offers")

    class Mode(models.TextChoices):
        ON_SITE = "on_site", _("On site")
        REMOTE = "remote", _("At a distance")

    criteria = models.ForeignKey(Criteria, models.CASCADE, related_name="rows")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    what = models.CharField(_("what"), max_length=12, choices=What.choices)
    required = models.BooleanField(_("required"), default=True)
    skill = models.ForeignKey(Skill, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("skill"))
    skill_level = models.PositiveSmallIntegerField(_("level"), choices=SkillLevel.choices, null=True, blank=True)
    language = models.ForeignKey(
        Language, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("language")
    )
    language_level = models.CharField(_("level"), max_length=2, choices=LanguageLevel.choices, blank=True)
    # Ids rather than a table of their own, so that the constraint can speak of them; a country is never deleted.
    countries = ArrayField(models.BigIntegerField(), default=list, blank=True, verbose_name=_("countries"))
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("country")
    )
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    weeks = models.PositiveSmallIntegerField(_("at least, in weeks"), null=True, blank=True)
    mode = models.CharField(_("how"), max_length=8, choices=Mode.choices, blank=True)
    sector = models.ForeignKey(
        Sector, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("field of work")
    )
    offer = models.PositiveSmallIntegerField(_("offer"), choices=Offer.choices, null=True, blank=True)

    objects = CriterionQuerySet.as_manager()

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["-required", "position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(what__in=list(COLUMNS)), name="criterion_kind_known"),
            *[
                models.CheckConstraint(condition=~Q(what=what) | _filled(what), name=f"criterion_{what}_is_whole")
                for what in COLUMNS
            ],
            models.CheckConstraint(
                condition=Q(language_level__in=["", *LanguageLevel.values]), name="criterion_language_level_known"
            ),
            models.CheckConstraint(
                condition=Q(skill_level__isnull=True) | Q(skill_level__in=SkillLevel.values),
                name="criterion_skill_level_known",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="criterion_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(weeks__isnull=True) | Q(weeks__range=(1, 520)), name="criterion_weeks_count"
            ),
            models.CheckConstraint(condition=Q(mode__in=["", "on_site", "remote"]), name="criterion_mode_known"),
            models.CheckConstraint(
                condition=Q(offer__isnull=True) | Q(offer__in=Offer.values), name="criterion_offer_known"
            ),
        ]

    def __str__(self):
        return f"{self.get_what_display()} ({self.criteria_id})"


class ToldMatch(models.Model):
    """A member was written to about a set: he is not written to about it again."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="+", db_index=False)  # the constraint's is enough
    criteria = models.ForeignKey(Criteria, models.CASCADE, related_name="+", verbose_name=_("set of criteria"))
    at = models.DateTimeField(_("written"), auto_now_add=True)

    class Meta:
        verbose_name = _("news of what fits")
        verbose_name_plural = _("news of what fits")
        constraints = [models.UniqueConstraint(fields=["profile", "criteria"], name="a_match_told_once")]

    def __str__(self):
        return f"{self.profile_id}: {self.criteria_id}"
