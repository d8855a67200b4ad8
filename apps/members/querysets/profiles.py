from datetime import timedelta

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.timezone import localdate

from apps.core.models import Country, Sector
from apps.core.sites import is_staff_here

from .staff import StaffSearch

EVERYONE, MEMBERS = 3, 2  # Audience.PUBLIC, Audience.MEMBERS: models stand above querysets
# What goes on first, then the latest; what has no date last.
LATEST_WORK = [F("ended_on").desc(nulls_first=True), F("started_on").desc(nulls_last=True), "pk"]
LATEST_STUDY = [F("year").desc(nulls_last=True), "pk"]


class Eyes(AnonymousUser):
    """Nobody in particular of an audience: stands for the reader where somebody sees his own page as others get it."""

    def __init__(self, audience: int):
        self.audience = audience


def reads_as(user) -> int:
    """Return the audience to which somebody belongs on the portal's pages, as a value of ``Audience``.

    "Members" are people with a confirmed address (no sign-in without one) and a profile of their own. Staff read
    these pages as members do; what only the IOM team may see is opened in the administration, with a purpose.
    """
    if isinstance(user, Eyes):
        return user.audience
    if user.is_authenticated and (hasattr(user, "profile") or is_staff_here(user)):
        return MEMBERS
    return EVERYONE


def showing(way: str = "") -> Q:
    """Somebody who is here: with an open account, and not hidden for a time. ``Profile.is_showing`` says it of one.

    ``way`` leads to the profile where another table is asked.
    """
    back = Q((f"{way}suspended_until", None)) | Q((f"{way}suspended_until__lte", localdate()))
    return Q((f"{way}user__is_active", True)) & back


def agreeing(purpose: str) -> Q:
    """Somebody who agrees to this purpose now."""
    return Q(user__in=apps.get_model("members", "consent").objects.agreeing(purpose).values("user"))


class ProfileQuerySet(StaffSearch):
    def visible_to(self, user):
        """Whose profile may this person open? Staff with the right to it: all, in the administration."""
        if user.is_staff and user.has_perm("members.view_profile"):
            return self
        listed = Q(listing__gte=reads_as(user)) & showing()
        if not user.is_authenticated:
            return self.filter(listed)
        shut_out = Exists(apps.get_model("members", "block").objects.hiding_a_profile_from(user))
        return self.filter(listed & ~Q(shut_out) | Q(user=user))

    def of(self, user):
        return self.filter(user=user)

    def listed(self):
        return self.filter(listing__gte=MEMBERS)

    def showing(self):
        return self.filter(showing())

    def to_come_back(self):
        """Hidden until a day that has come."""
        return self.filter(suspended_until__lte=localdate())

    def to_be_found(self):
        """Those whom the directory holds or should hold: what a rebuild goes through."""
        entries = apps.get_model("members", "directoryentry").objects
        return self.filter(Q(listing__gte=MEMBERS) | Q(Exists(entries.filter(profile=OuterRef("pk")))))

    def taking_part(self):
        """Those whom the IOM team's matching sees: the listed, and whoever else agreed to it."""
        # Says what ``showing`` says, from the few whose account is closed: a join with every account costs more.
        closed = apps.get_model("members", "user").objects.closed()
        return self.filter(
            Q(suspended_until=None) | Q(suspended_until__lte=localdate()),
            Q(listing__gte=MEMBERS) | agreeing("matching"),
            ~Q(user__in=closed.values("pk")),
        )

    def due_for_matches(self, moment):
        """Those who want news of what fits, whose turn it is, and who or for whom something is new since."""
        criteria = apps.get_model("members", "criteria").objects.open().handed_in(until=moment)
        newer = Q(updated_at__gt=F("matched_at")) | Q(Exists(criteria.filter(at__gt=OuterRef("matched_at"))))
        its_turn = Q(matched_at=None)
        for days in (1, 7, 30):
            its_turn |= Q(match_pace=days, matched_at__lte=moment - timedelta(days=days)) & newer
        return self.wanting_matches().filter(Exists(criteria), its_turn)

    def wanting_matches(self):
        """Those who are written to about what fits them, at whatever pace."""
        return self.showing().filter(agreeing("digest"), match_pace__gt=0)

    def public_experts(self):
        """Here, listed for everyone, and offering what makes an expert: ``Profile.is_expert``, said of many."""
        offers = Q(*[(field, True) for field in self.model.EXPERT_FIELDS], _connector=Q.OR)
        return self.filter(showing(), offers, listing=EVERYONE, offer_audience=EVERYONE)

    def with_owner(self):
        return self.select_related("user")

    def with_everything(self):
        """All that a profile tells, to be changed or handed on: one query a kind of row."""
        return self.select_related("user", "country", "region").prefetch_related(
            models.Prefetch("ties", Country.objects.order_by("pk")),
            models.Prefetch("sectors", Sector.objects.order_by("pk")),
            _with("languages", "profilelanguage", "language"),
            _with("skills", "profileskill", "skill"),
            _with("occupations", "occupation", "country", order=LATEST_WORK),
            _with("degrees", "degree", "country", order=LATEST_STUDY),
            _with("availabilities", "availability", order=["starts_on", "pk"]),
            "availabilities__countries",
            _with("links", "link", order=["pk"]),
        )


def _with(rows: str, model: str, *terms: str, order=("pk",)) -> models.Prefetch:
    """Rows of a kind with the word they speak of, in one query."""
    found = apps.get_model("members", model).objects.order_by(*order)
    return models.Prefetch(rows, found.select_related(*terms) if terms else found)
