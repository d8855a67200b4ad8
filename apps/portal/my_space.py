"""What my space gathers from the apps below: what waits, what fits, and who sees what. Rows in, plain values out."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.members import matching, matching_kinds
from apps.members.models import PARTS, Audience, DataExport, Profile

MOST_MATCHES = 3


@dataclass(frozen=True)
class Todo:
    """One line of components/todo.html."""

    title: str
    url: str
    text: str = ""
    done: bool = False


def waiting(profile: Profile | None, unanswered: int, export: DataExport | None) -> list[Todo]:
    """What a member is to do or may fetch, except for the missing parts of the profile."""
    todo = []
    if unanswered:
        to_answer = ngettext("Answer %(count)d message", "Answer %(count)d messages", unanswered)
        todo.append(Todo(to_answer % {"count": unanswered}, reverse("members:messages")))
    if export and export.state == DataExport.State.READY:
        until = _("It can be fetched until %(day)s.") % {"day": date_format(export.expires_at, _("j F Y"))}
        todo.append(Todo(_("Fetch the copy of your data"), reverse("members:privacy-download"), until))
    elif export and export.state == DataExport.State.ASKED:
        done = _("%(done)s per cent are done. You also hear of it by email.") % {"done": export.done}
        todo.append(Todo(_("Your copy is being put together"), reverse("members:privacy-download"), done))
    if profile and not profile.is_listed:
        nobody = _("Nobody does so far: you are not in the directory.")
        todo.append(Todo(_("Choose who finds you"), reverse("members:profile-visibility"), nobody))
    return todo


def fitting(profile: Profile | None) -> list[matching.Match] | None:
    """The open things that fit best, each criterion explained; None as long as no app hands in any criteria."""
    if not profile or not matching_kinds.for_members():
        return None
    best = [pk for pk, fits in matching.standing(profile) if fits][:MOST_MATCHES]
    return matching.explained(profile, best) if best else []


def who_sees(profile: Profile) -> list[tuple[Audience, list[str]]]:
    """The parts that say something, by who sees them, the widest circle first."""
    empty = {*profile.missing(), *(part for part in ("ties", "links") if not getattr(profile, part).all())}
    seen: dict[Audience, list[str]] = {}
    for part in PARTS:
        if part not in empty:
            name = str(profile._meta.get_field(f"{part}_audience").verbose_name)
            seen.setdefault(profile.audience_of(part), []).append(name)
    return sorted(seen.items(), reverse=True)
