"""How the outbox's pages speak of addresses, kinds and ages."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.timezone import localtime
from django.utils.translation import ngettext

from .. import kinds
from ..models import Lane

MOMENT = "j M Y, H:i"


def title_of(kind: str) -> str:
    """What staff call a kind; its name, once no app registers it any more."""
    try:
        return str(kinds.get(kind).title) or kind
    except kinds.UnknownKind:
        return kind


def short(lane: int) -> str:
    """The name of a lane without what it is for: "Notice"."""
    return str(Lane(lane).label).partition(":")[0].strip()


def moment(then: datetime | None) -> str:
    """A moment in Brussels time, the day before the month in every language."""
    return date_format(localtime(then), MOMENT) if then else ""


def age(then: datetime, now: datetime) -> str:
    """How long ago, in words: to the second for two minutes, because that tells a dead worker from a living one."""
    seconds = max(0, int((now - then).total_seconds()))
    if seconds < 120:
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    return timesince(then, now, depth=1)
