"""Criteria handed in by upper apps, what a member wants to hear, and the mails that tell it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from apps.core import audit
from apps.core.models import Country, Sector

from .. import emails, matching, matching_kinds
from ..matching import Answer, Match
from ..models import Consent, Criteria, Criterion, Follow, Profile, ToldMatch, User
from ..querysets.matching import with_states
from . import consents

log = structlog.get_logger(__name__)

# A set written in a transaction that is still open becomes visible later than its own time says.
SETTLING = timedelta(minutes=5)
PAGE = 24


class NoPurpose(Exception):
    """Nobody of the team is shown a list of people without saying why."""


@dataclass(frozen=True)
class Candidates:
    matches: list[Match]
    page: int
    has_next: bool


# --- for upper apps ---------------------------------------------------------------------------------------------------
@transaction.atomic
def hand_in(*, kind: str, about: int, rows: Iterable[Mapping], open_until: date | None = None) -> Criteria:
    """Say what a thing asks for; the same thing again replaces its criteria. A kind that nobody registered is refused.

    Whom the new criteria fit, and who was not told of the thing before, is told when his turn comes.

    Each row names ``what`` and the columns of that kind (see `Criterion`), and whether it is ``required`` (it is unless
    said otherwise): ``{"what": "language", "language": english, "language_level": "B2"}``.
    """
    matching_kinds.get(kind)
    criteria, is_new = Criteria.objects.select_for_update().get_or_create(
        kind=kind, about_id=about, defaults={"open_until": open_until}
    )
    if not is_new:
        criteria.open_until = open_until
        criteria.save()
        criteria.rows.all().delete()
    Criterion.objects.bulk_create(
        Criterion(**{"criteria": criteria, "position": position} | dict(row)) for position, row in enumerate(rows)
    )
    return criteria


@transaction.atomic
def take_back(*, kind: str, about: int) -> None:
    """Nothing is asked for any more: the thing is over, or gone."""
    # A mail that is just speaking of it comes first, so that what it writes down of that goes along.
    for criteria in Criteria.objects.select_for_update().filter(kind=kind, about_id=about):
        criteria.delete()


@transaction.atomic
def candidates(*, criteria: Criteria, actor: User, purpose: str, page: int = 1, size: int = PAGE) -> Candidates:
    """A page of the people who take part, those first who meet most of what is required; as the IOM team sees them.

    Each of them is told who has seen him and why: without the entry in the audit there is no list.
    """
    if not purpose.strip():
        raise NoPurpose
    rows, start = list(criteria.rows.with_words()), (page - 1) * size
    best = matching.best(rows, start, start + size + 1)
    people = with_states(Profile.objects.filter(pk__in=best[:size]), rows).in_bulk()
    shown = [people[pk] for pk in best[:size] if pk in people]
    targets = {profile.user_id: profile for profile in shown}
    audit.read_each(actor=actor, targets=targets, what="listed", purpose=purpose, criteria=criteria.pk)
    matches = [
        Match(criteria, profile, [Answer(row, getattr(profile, f"state_{row.pk}")) for row in rows])
        for profile in shown
    ]
    return Candidates(matches, page, len(best) > size)


# --- for members ------------------------------------------------------------------------------------------------------
@transaction.atomic
def choose_pace(*, user: User, pace: int, wording: str) -> None:
    """Write to somebody about what fits, every so many days, or never; the consent follows the choice."""
    User.objects.locked().get(pk=user.pk)
    profile = Profile.objects.select_for_update().get(user=user)
    (consents.give if pace else consents.withdraw)(user=user, purpose=Consent.Purpose.DIGEST, wording=wording)
    if profile.match_pace == pace:
        return
    Profile.objects.filter(pk=profile.pk).update(match_pace=pace)
    audit.record(actor=user, verb="members.match_pace_chosen", target=profile, person=user.pk, pace=pace)


@transaction.atomic
def stop_telling(*, user: User) -> None:
    """The consent is taken back, here or in the privacy centre: no more mails, until a pace is chosen anew."""
    Profile.objects.of(user).update(match_pace=0)


@transaction.atomic
def follow(*, user: User, country: Country | None = None, sector: Sector | None = None) -> None:
    """Hear of a country or a field of work: the apps that have news write. A second time changes nothing."""
    followed, is_new = Follow.objects.get_or_create(user=user, country=country, sector=sector)
    if is_new:
        audit.record(actor=user, verb="members.followed", target=followed, person=user.pk)


@transaction.atomic
def unfollow(*, user: User, follow: Follow) -> None:
    followed = Follow.objects.select_for_update().of(user).filter(pk=follow.pk).first()
    if followed:
        audit.record(actor=user, verb="members.unfollowed", target=followed, person=user.pk)
        followed.delete()


# --- the mails --------------------------------------------------------------------------------------------------------
def tell_matches(*, limit: int = 1000) -> int:
    """Write to those whose turn it is; returns how many mails came of it. Two at once do each person once.

    Somebody for whom it fails holds up no other; his turn stays.
    """
    until = timezone.now() - SETTLING
    due = Profile.objects.due_for_matches(until).order_by("matched_at", "pk").values_list("pk", flat=True)[:limit]
    return sum(_attempt(pk, until) for pk in list(due))


def _attempt(pk: int, until) -> bool:
    try:
        return _tell(pk, until)
    except Exception:  # noqa: BLE001 - one person whose mail cannot be written holds up no other
        log.exception("members.matches_failed", profile_id=pk)
    return False


@transaction.atomic
def _tell(pk: int, until) -> bool:
    found = Profile.objects.due_for_matches(until).select_related("user").filter(pk=pk)
    profile = found.select_for_update(of=("self",), skip_locked=True).first()
    if profile is None:
        return False  # somebody else is at it, or it has been told meanwhile
    fitting = [number for number, fits in matching.standing(profile, news_until=until) if fits]
    still_there = Criteria.objects.select_for_update(no_key=True).order_by("pk").in_bulk(fitting)
    profile.matched_at = until
    profile.save(update_fields=["matched_at"])
    told = emails.matches_found(profile, [number for number in fitting if number in still_there])
    ToldMatch.objects.bulk_create(ToldMatch(profile=profile, criteria=still_there[number]) for number in told)
    return bool(told)
