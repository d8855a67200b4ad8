"""Who may do what with a profile or a message."""

from apps.core.sites import is_staff_here

from .models import PARTS, Audience, Block, DataGrant, Message, PrivateDocument, Profile, SavedSearch, StaffNote
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
    return opens_to(profile, reads_as(user)) and not are_apart(user, profile.user)


def opens_to(profile: Profile, reader: int) -> bool:
    """Does its page open to people of this audience, as far as nobody is shut out?"""
    return profile.is_showing and profile.listing >= reader


def are_apart(user, other) -> bool:
    """Has one of the two blocked the other? Then neither sees the other nor writes to him."""
    return user.is_authenticated and Block.objects.between(user, other).exists()


def parts_for(profile: Profile, reader: Audience) -> set[str]:
    """The parts that somebody who belongs to this audience sees."""
    return {part for part in PARTS if profile.shows(part, reader)}


def parts_of_grant(grant: DataGrant) -> set[str]:
    """The parts that a host institution, ministry or partner is shown: those of the grant and no others."""
    return set(PARTS) & set(grant.parts)


def can_write_to(user, profile: Profile) -> bool:
    """Listed people are written to by members; nobody writes to himself."""
    return (
        user.is_authenticated
        and profile.user_id != user.pk
        and reads_as(user) == Audience.MEMBERS
        and profile.listing >= Audience.MEMBERS
        and can_open(user, profile)
    )


def can_answer(user, message: Message) -> bool:
    """Whoever got it, also while one of the two is hidden for a time: a conversation that runs may end."""
    return message.recipient_id == user.pk and message.sender.is_active and not are_apart(user, message.sender)


def can_report(user, message: Message) -> bool:
    return message.recipient_id == user.pk


def can_block_sender(user, message: Message) -> bool:
    return message.recipient_id == user.pk


def can_block(user, profile: Profile) -> bool:
    """Members shut members out; who has no profile has nothing that the other could see."""
    return user.is_authenticated and profile.user_id != user.pk and hasattr(user, "profile")


# --- staff, in the administration: what each role may do stands in apps/portal/roles.py -------------------------------
def can_delete_note(user, note: StaffNote) -> bool:
    """One's own only: nobody takes away what another has written."""
    return note.author_id == user.pk and user.has_perm("members.delete_staffnote")


def can_delete_search(user, search: SavedSearch) -> bool:
    return search.owner_id == user.pk


def can_read_document(user, document: PrivateDocument) -> bool:
    """Its owner decides whether the team may open it at all."""
    rights = ["members.view_profile", "members.view_privatedocument"]
    return document.for_iom and is_staff_here(user) and user.has_perms(rights)
