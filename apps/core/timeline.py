"""When something ran, as a strip of years drawn on the server: the same years for every row of a list."""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

SINCE = 2001  # when the work with diasporas began; what ran before is cut off there
WIDTH, HEIGHT, BAR = 500, 12, 8
STEP = 5  # years between two marks


def until() -> int:
    """The last year of the strip: this one."""
    return localdate().year


def strip(spans: Iterable, last_year: int) -> SafeString:
    """Draw pairs of first and last year; an end that is not known (None) runs out to ``last_year`` with a dashed edge.

    The words beside it say the same, so readers of the screen hear nothing of it.
    """
    to = max(last_year, SINCE)
    marks = format_html_join(
        "",
        '<line x1="{0}" x2="{0}" y1="0" y2="{1}"/>',
        ((_place(year, to), HEIGHT) for year in range(SINCE, to + 2, STEP)),
    )
    bars = format_html_join(
        "",
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"/>',
        (
            (
                "open" if last is None else "",
                _place(first, to),
                (HEIGHT - BAR) / 2,
                round(_place((last or to) + 1, to) - _place(first, to), 1),
                BAR,
            )
            for first, last in spans
            if (last or to) >= SINCE
        ),
    )
    box = f"0 0 {WIDTH} {HEIGHT}"
    return format_html(
        '<svg class="strip" viewBox="{}" preserveAspectRatio="none" aria-hidden="true">{}{}</svg>', box, marks, bars
    )


def _place(year: int, to: int) -> float:
    return round((min(max(year, SINCE), to + 1) - SINCE) * WIDTH / (to + 1 - SINCE), 1)


def in_words(spans: Iterable) -> str:
    """``[[2007, 2007], [2012, 2015]]`` → "2007, 2012–2015"; where the end is not known: "since 2019"."""
    return ", ".join(
        _("since %(year)s") % {"year": first} if last is None else str(first) if first == last else f"{first}–{last}"
        for first, last in spans
    )
