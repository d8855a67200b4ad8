"""When something ran, as a strip of years drawn on the server: the same years for every row of a list."""

from collections.abc import Iterable

from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

SINCE = 2001  # when the work with diasporas began; what ran before is cut off there
WIDTH, HEIGHT, BAR = 500, 12, 8
STEP = 5  # years between two marks
MARK = '<svg class="strip"'  # by which a drawn strip is known


def until() -> int:
    """The last year of the strip: this one."""
    return localdate().year


def strip(spans: Iterable, last_year: int) -> SafeString:
    """Draw pairs of first and last year; an end that is not known (None) runs out to ``last_year`` with a dashed edge.

    The words beside it say the same, so readers of the screen hear nothing of it.
    """
    to = max(last_year, SINCE)
    marks = "".join(
        f'<line x1="{x}" x2="{x}" y1="0" y2="{HEIGHT}"/>'
        for x in (_place(year, to) for year in range(SINCE, to + 2, STEP))
    )
    bars = "".join(_bar(first, last, to) for first, last in spans if (last or to) >= SINCE)
    box = f'viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" aria-hidden="true"'
    return mark_safe(f"{MARK} {box}>{marks}{bars}</svg>")  # noqa: S308 - numbers only


def _bar(first: int, last: int | None, to: int) -> str:
    start, top = _place(first, to), (HEIGHT - BAR) / 2
    width = round(_place((last or to) + 1, to) - start, 1)
    edge = "open" if last is None else ""
    return f'<rect class="{edge}" x="{start}" y="{top}" width="{width}" height="{BAR}" rx="2"/>'


def _place(year: int, to: int) -> float:
    return round((min(max(year, SINCE), to + 1) - SINCE) * WIDTH / (to + 1 - SINCE), 1)


def in_words(spans: Iterable) -> str:
    """``[[2007, 2007], [2012, 2015]]`` → "2007, 2012–2015"; where the end is not known: "since 2019"."""
    return ", ".join(
        _("since %(year)s") % {"year": first} if last is None else str(first) if first == last else f"{first}–{last}"
        for first, last in spans
    )
