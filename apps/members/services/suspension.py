"""Being away for a time: nobody finds the profile until a day that its owner names, and it comes back by itself."""

from datetime import date

from django.db import transaction

from apps.core import audit

from ..models import Profile, User
from . import directory


@transaction.atomic
def suspend(*, user: User, until: date) -> Profile:
    """Hide a profile from this commit on; a second time moves the day."""
    return _set(user, until, "members.suspended")


@transaction.atomic
def resume(*, user: User) -> Profile:
    return _set(user, None, "members.resumed")


def _set(user, until, verb) -> Profile:
    profile = Profile.objects.select_for_update().get(user=user)
    if profile.suspended_until == until:
        return profile
    profile.suspended_until = until
    profile.save(update_fields=["suspended_until"])  # not what the profile tells: "recently updated" stays as it was
    directory.refresh(profile)
    audit.record(actor=user, verb=verb, target=profile, person=user.pk, until=until and until.isoformat())
    return profile


def bring_back() -> int:
    """Put those whose day has come back into the directory. Returns how many."""
    back = 0
    for number in Profile.objects.to_come_back().values_list("pk", flat=True):
        with transaction.atomic():
            # A second beat, or the owner himself, may have been here a moment ago.
            profile = Profile.objects.to_come_back().select_for_update(of=("self",)).filter(pk=number).first()
            if profile is None:
                continue
            profile.suspended_until = None
            profile.save(update_fields=["suspended_until"])
            directory.refresh(profile)
            audit.record(actor=None, verb="members.resumed", target=profile, person=profile.user_id)
            back += 1
    return back
