from secrets import choice

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from apps.core.models import Country, Language, Region, Sector, Skill

from ..querysets.profiles import ProfileQuerySet

# No vowels and no look-alikes: an id that is read out on the telephone and never spells a word.
ID_LETTERS = "bcdfghjkmnpqrstvwxz23456789"


def new_public_id() -> str:
    return "".join(choice(ID_LETTERS) for _letter in range(10))


def photo_path(profile, filename) -> str:
    return f"photos/{new_public_id()}{new_public_id()}.webp"


class Audience(models.IntegerChoices):
    """Who may see something; each audience includes those above it. The numbers are compared."""

    ONLY_ME = 0, _("Only me")
    IOM = 1, _("IOM team")
    MEMBERS = 2, _("Members")
    PUBLIC = 3, _("Everyone")


class LanguageLevel(models.TextChoices):
    """The levels of the Common European Framework of Reference for Languages."""

    A1 = "A1", _("A1, first words")
    A2 = "A2", _("A2, everyday phrases")
    B1 = "B1", _("B1, can get by")
    B2 = "B2", _("B2, can work in it")
    C1 = "C1", _("C1, fluent")
    C2 = "C2", _("C2, like a native speaker")
    NATIVE = "N", _("First language")


class SkillLevel(models.IntegerChoices):
    BASIC = 1, _("Basic")
    EXPERIENCED = 2, _("Experienced")
    EXPERT = 3, _("Expert")


class Offer(models.IntegerChoices):
    """What a member can offer. The number stands in facets and cards; the code in addresses and data files."""

    ASSIGNMENTS = 1, _("Assignments on site")
    REMOTE = 2, _("Support at a distance")
    TALKS = 3, _("Talks and interviews")
    MENTORING = 4, _("Mentoring")
    TRAINING = 5, _("Training others")

    @property
    def field(self) -> str:
        """The field of the profile that says whether somebody offers it."""
        return f"offers_{self.name.lower()}"

    @property
    def code(self) -> str:
        return self.name.lower().removesuffix("s")


#: whoever offers one of these to everyone stands among the experts
EXPERT_OFFERS = [Offer.ASSIGNMENTS, Offer.REMOTE, Offer.TALKS]

#: how often somebody hears of what fits him, in days
PACES = {0: _("Never"), 1: _("Every day"), 7: _("Every week"), 30: _("Every month")}


def audience_field(label, default: Audience) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, choices=Audience.choices, default=default)


#: the parts of a profile with an audience of their own, in the order in which people read them
PARTS = [
    "headline", "about", "photo", "residence", "ties", "languages", "skills", "sectors", "career", "education", "offer",
    "availability", "links",
]  # fmt: skip


class Profile(models.Model):
    """What a member tells of himself, and who may see each part of it.

    ``listing`` is the gate: a field is seen by others only as far as the profile itself is listed.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="profile")
    public_id = models.CharField(_("public number"), max_length=12, unique=True, default=new_public_id, editable=False)
    language = models.CharField(
        _("language of the texts"), max_length=2, choices=settings.LANGUAGES, default="en", editable=False
    )
    display_name = models.CharField(_("name"), max_length=100)
    other_name = models.CharField(_("name in another script"), max_length=100, blank=True)
    headline = models.CharField(_("headline"), max_length=140, blank=True)
    about = models.TextField(_("about you"), max_length=2000, blank=True)
    photo = models.ImageField(_("photo"), upload_to=photo_path, blank=True)
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("country you live in")
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("province or canton")
    )
    place = models.CharField(_("town"), max_length=80, blank=True)
    ties = models.ManyToManyField(Country, blank=True, related_name="+", verbose_name=_("places you are connected to"))
    sectors = models.ManyToManyField(Sector, blank=True, related_name="+", verbose_name=_("fields of work"))
    offers_assignments = models.BooleanField(_("assignments on site"), default=False)
    offers_remote = models.BooleanField(_("support at a distance"), default=False)
    offers_talks = models.BooleanField(_("talks and interviews"), default=False)
    offers_mentoring = models.BooleanField(_("mentoring"), default=False)
    offers_training = models.BooleanField(_("training others"), default=False)
    available_from = models.DateField(_("available from"), null=True, blank=True)

    listing = models.PositiveSmallIntegerField(
        _("who finds you in the directory"),
        choices=[(0, _("Nobody: I am not listed")), (2, _("Members")), (3, _("Everyone"))],
        default=Audience.ONLY_ME,
    )
    headline_audience = audience_field(_("Headline"), Audience.PUBLIC)
    about_audience = audience_field(_("About you"), Audience.MEMBERS)
    photo_audience = audience_field(_("Photo"), Audience.MEMBERS)
    residence_audience = audience_field(_("Where you live"), Audience.PUBLIC)
    # Where somebody comes from can reveal ethnic origin: the least visibility until the person says otherwise.
    ties_audience = audience_field(_("Places you are connected to"), Audience.ONLY_ME)
    languages_audience = audience_field(_("Languages"), Audience.PUBLIC)
    skills_audience = audience_field(_("Skills"), Audience.PUBLIC)
    sectors_audience = audience_field(_("Fields of work"), Audience.PUBLIC)
    offer_audience = audience_field(_("What you offer and when"), Audience.PUBLIC)
    career_audience = audience_field(_("Work"), Audience.MEMBERS)
    education_audience = audience_field(_("Degrees and training"), Audience.MEMBERS)
    availability_audience = audience_field(_("When you are free"), Audience.IOM)
    links_audience = audience_field(_("Links"), Audience.MEMBERS)
    suspended_until = models.DateField(
        _("hidden until"), null=True, blank=True, help_text=_("Nobody finds the profile before this day.")
    )
    match_pace = models.PositiveSmallIntegerField(_("news of what fits you"), choices=PACES, default=0)
    matched_at = models.DateTimeField(_("last news of what fits"), null=True, blank=True, editable=False)

    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    OFFER_FIELDS = [(offer, offer.field) for offer in Offer]
    EXPERT_FIELDS = [offer.field for offer in EXPERT_OFFERS]

    objects = ProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        permissions = [
            ("contact_profile", _("Can read a member's address, with a purpose")),
            ("export_profile", _("Can take profiles out as a file, with a reason")),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(display_name=""), name="profile_has_a_name"),
            models.CheckConstraint(condition=Q(listing__in=[0, 2, 3]), name="profile_listing_known"),
            models.CheckConstraint(condition=Q(match_pace__in=list(PACES)), name="match_pace_known"),
            models.CheckConstraint(
                condition=Q(region__isnull=True) | Q(country__isnull=False), name="a_region_lies_in_a_country"
            ),
            *[
                models.CheckConstraint(
                    condition=Q(**{f"{part}_audience__range": (0, 3)}), name=f"{part}_audience_known"
                )
                for part in PARTS
            ],
        ]
        # What matching reads of everybody: a tenth of the table.
        indexes = [
            models.Index(
                fields=["id"],
                include=[
                    "user", "country", "listing", "suspended_until", "offers_assignments", "offers_remote",
                    "offers_talks", "offers_mentoring", "offers_training", "available_from",
                    "residence_audience", "languages_audience", "skills_audience", "sectors_audience",
                    "offer_audience", "availability_audience",
                ],
                name="profile_matching",
            )
        ]  # fmt: skip

    def __str__(self):
        return self.display_name

    def get_absolute_url(self):
        return reverse("members:profile", args=[self.public_id])

    def audience_of(self, part: str) -> Audience:
        """Who may see this part, the listing included."""
        return Audience(self._audience_of(part))

    def shows(self, part: str, viewer: Audience) -> bool:
        """May somebody who belongs to this audience see this part?"""
        return viewer == Audience.ONLY_ME or self._audience_of(part) >= viewer

    def _audience_of(self, part: str) -> int:
        return min(getattr(self, f"{part}_audience"), max(self.listing, Audience.IOM))

    def missing(self) -> list[str]:
        """The parts still empty, in the order of the steps; for a profile loaded ``with_everything``."""
        told = {
            "headline": self.headline,
            "about": self.about,
            "photo": self.photo,
            "residence": self.country_id,
            "languages": self.languages.all(),
            "skills": self.skills.all(),
            "sectors": self.sectors.all(),
            "career": self.occupations.all(),
            "education": self.degrees.all(),
            "offer": self.offers,
            "availability": self.availabilities.all(),
        }
        return [part for part, value in told.items() if not value]

    @property
    def is_listed(self) -> bool:
        return self.listing != Audience.ONLY_ME

    @property
    def is_suspended(self) -> bool:
        """Hidden for a time, by its owner; on the day itself no longer, whether or not the beat has come by."""
        return self.suspended_until is not None and self.suspended_until > localdate()

    @property
    def is_showing(self) -> bool:
        """Is its owner here: the account open, the profile not hidden for a time?"""
        return self.user.is_active and not self.is_suspended

    @property
    def offers(self) -> list[Offer]:
        return [offer for offer, field in self.OFFER_FIELDS if getattr(self, field)]

    @property
    def is_expert(self) -> bool:
        """Here, listed for everyone, and offers what makes an expert so that everyone may see it.

        ``ProfileQuerySet.public_experts`` says it of many.
        """
        is_open = self.audience_of("offer") == Audience.PUBLIC
        return is_open and any(offer in EXPERT_OFFERS for offer in self.offers) and self.is_showing


class ProfileLanguage(models.Model):
    profile = models.ForeignKey(Profile, models.CASCADE, related_name="languages")
    language = models.ForeignKey(Language, models.PROTECT, related_name="+", verbose_name=_("language"))
    level = models.CharField(_("level"), max_length=2, choices=LanguageLevel.choices)

    class Meta:
        verbose_name = _("language of a member")
        verbose_name_plural = _("languages of members")
        constraints = [
            models.UniqueConstraint(fields=["profile", "language"], name="a_language_once"),
            models.CheckConstraint(condition=Q(level__in=LanguageLevel.values), name="language_level_known"),
        ]
        indexes = [models.Index(fields=["language", "level"], include=["profile"], name="language_matching")]

    def __str__(self):
        return f"{self.language}, {self.get_level_display()}"


class ProfileSkill(models.Model):
    profile = models.ForeignKey(Profile, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+", verbose_name=_("skill"))
    level = models.PositiveSmallIntegerField(_("level"), choices=SkillLevel.choices, default=SkillLevel.EXPERIENCED)
    years = models.PositiveSmallIntegerField(_("years of practice"), null=True, blank=True)

    class Meta:
        verbose_name = _("skill of a member")
        verbose_name_plural = _("skills of members")
        constraints = [
            models.UniqueConstraint(fields=["profile", "skill"], name="a_skill_once"),
            models.CheckConstraint(condition=Q(level__in=SkillLevel.values), name="skill_level_known"),
            models.CheckConstraint(condition=Q(years__isnull=True) | Q(years__lte=70), name="years_of_one_life"),
        ]
        indexes = [models.Index(fields=["skill", "level"], include=["profile"], name="skill_matching")]

    def __str__(self):
        return f"{self.skill}, {self.get_level_display()}"


class ProfileOpening(models.Model):
    """Somebody opened somebody's profile on a day: the measure for "sixty profiles a day"."""

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="openings")
    profile = models.ForeignKey(Profile, models.CASCADE, related_name="openings")
    day = models.DateField(_("day"))

    class Meta:
        verbose_name = _("opening of a profile")
        verbose_name_plural = _("openings of profiles")
        constraints = [models.UniqueConstraint(fields=["reader", "day", "profile"], name="an_opening_once_a_day")]

    def __str__(self):
        return f"{self.reader_id} → {self.profile_id}, {self.day}"
