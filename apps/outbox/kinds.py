"""The kinds of mail that there are. The app that owns one registers it, in its own `kinds.py`, when it gets ready.

A kind that is not registered cannot be queued: the outbox knows nothing of members, events or editions, and asks the
kind whether a mail is still wanted and what to do when nobody can tell whether it arrived.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from .models import Lane


class WhenUncertain(StrEnum):
    """What becomes of a mail of which neither a log nor a provider can say whether it arrived."""

    WAIT = "wait"  # for a named person: newsletters
    REPEAT = "repeat"  # twice is better than never: codes and confirmations
    DROP = "drop"  # once too few is better than twice: reminders


class UnknownKind(LookupError):
    """Nobody registered a kind of this name."""


@dataclass(frozen=True)
class Kind:
    name: str  # "<app>.<name-of-the-mail>"; its templates are emails/<app>/<name_of_the_mail>.{subject.txt,txt,html}
    lane: Lane
    when_uncertain: WhenUncertain
    sample: Mapping[str, str]  # a value for each placeholder; its keys are the placeholders that the kind knows
    still_wanted: Callable[[list[int]], Mapping[int, str]] | None = None
    sample_context: Mapping[str, object] = field(default_factory=dict)
    lives: timedelta | None = None  # not worth sending later than this
    sender: str = ""  # the name in From, with placeholders if need be; empty: the portal's
    answerable: bool = True  # answers reach the team; False: nobody reads them, and the mail says so
    private: bool = False  # from one person to another, or of what one keeps to himself: staff read none of it here
    title: str = ""  # what staff call it
    ready_made: bool = False  # its texts come whole from elsewhere; it has no templates

    @property
    def template(self) -> str:
        """The path of its three files, without their endings."""
        app, name = self.name.split(".")
        return f"emails/{app}/{name.replace('-', '_')}"

    @property
    def secret(self) -> bool:
        """Account mails: nobody reads them in the outbox, and their values go when they are sent."""
        return self.lane == Lane.ACCOUNT

    @property
    def closed(self) -> bool:
        """Whether what it says is shown to nobody but its reader."""
        return self.secret or self.private

    def unwanted(self, ids: Iterable[int]) -> Mapping[int, str]:
        """Of the things that mails are about, those that are no longer to be written of, each with the reason."""
        return self.still_wanted(list(ids)) if self.still_wanted else {}


_kinds: dict[str, Kind] = {}


def register(name: str, **how) -> Kind:
    """Make a kind known. ``how`` are the fields of `Kind`; the same name again replaces it."""
    _kinds[name] = Kind(name, **how)
    return _kinds[name]


def get(name: str) -> Kind:
    """Return the kind of this name, or raise `UnknownKind`."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(name) from None


def every() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: (kind.lane, kind.name))


# --- the outbox's own -------------------------------------------------------------------------------------------------
OTHER = "account.other"

register(
    OTHER,
    lane=Lane.ACCOUNT,
    when_uncertain=WhenUncertain.REPEAT,
    sample={},
    ready_made=True,
    title=_("What came through Django's mail functions"),
)
