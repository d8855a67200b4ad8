"""What staff write beside a profile, and what they take out: each with its entry in the audit."""

from collections.abc import Iterable

from django.db import transaction

from apps.core import audit

from .. import permissions
from ..models import Profile, SavedSearch, StaffNote, Tag, User


class NotYours(Exception):
    """Somebody else wrote or saved it."""


@transaction.atomic
def add_note(*, profile: Profile, actor: User, text: str, purpose: str) -> StaffNote:
    """Write a note; the unit is the one in which its author acts today."""
    note = StaffNote.objects.create(profile=profile, author=actor, unit=audit.unit_of(actor)[:200], text=text)
    audit.record(
        actor=actor, verb="members.note_added", target=profile, person=profile.user_id, purpose=purpose, note=note.pk
    )
    return note


@transaction.atomic
def delete_note(*, note: StaffNote, actor: User) -> None:
    if not permissions.can_delete_note(actor, note):
        raise NotYours
    profile, number = note.profile, note.pk
    note.delete()
    audit.record(actor=actor, verb="members.note_deleted", target=profile, person=profile.user_id, note=number)


@transaction.atomic
def set_tags(*, profile: Profile, actor: User, tags: Iterable[Tag], new: str = "") -> None:
    """Give the profile these tags and no others, and one more, made if there is none of that name."""
    profile = Profile.objects.select_for_update(of=("self",)).get(pk=profile.pk)
    wanted = {tag.pk: tag for tag in tags}
    if new:
        tag, _new = Tag.objects.get_or_create(name__iexact=new, defaults={"name": new})
        wanted[tag.pk] = tag
    if set(profile.tags.values_list("pk", flat=True)) == set(wanted):
        return
    profile.tags.set(wanted.values())
    audit.record(actor=actor, verb="members.tagged", target=profile, person=profile.user_id, tags=sorted(wanted))


@transaction.atomic
def save_search(*, owner: User, name: str, query: str, shared: bool) -> SavedSearch:
    """Keep a search under a name; the same name again is the newer search."""
    search, _new = SavedSearch.objects.update_or_create(
        owner=owner, name=name, defaults={"query": query, "shared": shared}
    )
    audit.record(actor=owner, verb="members.search_saved", target=search, shared=shared)
    return search


@transaction.atomic
def delete_search(*, search: SavedSearch, actor: User) -> None:
    if not permissions.can_delete_search(actor, search):
        raise NotYours
    audit.record(actor=actor, verb="members.search_deleted", target=search)
    search.delete()


@transaction.atomic
def taken_out(*, profiles: Iterable[Profile], actor: User, purpose: str, kind: str) -> None:
    """Write, for each of these people, that a file with his data was made, and why."""
    people = {profile.user_id: profile for profile in profiles}
    audit.read_each(actor=actor, targets=people, what="exported", purpose=purpose, kind=kind, people=len(people))
