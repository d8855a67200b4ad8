"""Who may do what with a profile or a message."""

from .models import Audience, Message, Profile
from .querysets.profiles import reads_as

PROFILES_A_DAY = 60


def audience_for(user, profile: Profile) -> Audience:
    """As which audience does this person read this profile? The owner reads all of it."""
    if user.is_authenticated and profile.user_id == user.pk:
        return Audience.ONLY_ME
    return Audience(reads_as(user))


def can_see(user, profile: Profile) -> bool:
    return can_open(user, profile) or (user.is_staff and user.has_perm("members.view_profile"))


def can_open(user, profile: Profile) -> bool:
    """May this person open its page? A right of staff opens it in the administration only, with a purpose."""
    if user.is_authenticated and profile.user_id == user.pk:
        return True
    return profile.user.is_active and profile.listing >= reads_as(user)


def can_write_to(user, profile: Profile) -> bool:
    """Listed people are written to by members; nobody writes to himself."""
    return (
        user.is_authenticated
        and profile.user_id != user.pk
        and reads_as(user) == Audience.MEMBERS
        and profile.listing >= Audience.MEMBERS
        and profile.user.is_active
    )


def can_answer(user, message: Message) -> bool:
    return message.recipient_id == user.pk and message.sender.is_active
