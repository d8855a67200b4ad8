"""Charts drawn on the server: shapes without words.

What they show stands beside them as text, and in a table beneath: so it is read aloud, is translated, and grows with
the reader's letters while the shapes take whatever width there is.
"""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 500, 16  # of a bar
COLUMN, GAP, TALL = 20, 4, 120  # of columns


def bar(value: int, target: int | None) -> SafeString:
    """What was achieved as a bar, and the target as a mark on its track; the longer of the two fills it."""
    most = max(value, target or 0) or 1
    reached = value * WIDTH / most
    place = _number((target or 0) * WIDTH / most - 2)
    mark = format_html('<line x1="{0}" x2="{0}" y1="0" y2="{1}"/>', place, HEIGHT) if target else ""
    return format_html(
        '<svg class="bar" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" y="3" width="{}" height="10" rx="2"/>'
        '<rect class="{}" y="3" width="{}" height="10" rx="2"/>{}</svg>',
        WIDTH,
        HEIGHT,
        WIDTH,
        "short" if target and value < target else "reached",
        _number(reached),
        mark,
    )


def columns(numbers: Iterable[int]) -> SafeString:
    """One column each, side by side; the largest is as tall as the chart."""
    numbers = list(numbers)
    most = max(numbers, default=0) or 1
    bars = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}"/>',
        (
            (place * (COLUMN + GAP), _number(TALL - number * TALL / most), COLUMN, _number(number * TALL / most))
            for place, number in enumerate(numbers)
        ),
    )
    return format_html(
        '<svg class="columns" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">{}</svg>',
        max(len(numbers) * (COLUMN + GAP) - GAP, 1),
        TALL,
        bars,
    )


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
