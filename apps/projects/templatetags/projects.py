"""What is drawn of a project, and what search engines are told of it."""

import json
from functools import lru_cache
from html import escape

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from apps.core.translated import is_read_in

register = template.Library()

MIDDLE = 160
MARGIN = 24  # above the first name and under the last
ROW = 62  # between two names, as long as there is room
ROOM = 272  # for all names of a side
STRANDS = 250  # how wide they are
SMALL, LARGE = 9.2, 14  # the width of a letter, about: 16 px, and 22 px where there is one country
LONGEST = 15  # letters in a line
IN_SCRIPT = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag
def lang_of(row, name):
    """The attribute that marks a text of this row, where it is not in the page's language."""
    own = get_language() or settings.LANGUAGE_CODE
    read = is_read_in(row, name, own)
    return format_html(' lang="{}"', read) if read != own else ""


@register.simple_tag
def connections(residences, countries):
    """Two strands from each country where the diaspora lives to each country of action.

    The words stand beside it as text: the drawing is for the eyes only.
    """
    return _connections(tuple(residences), tuple(countries))


@lru_cache(maxsize=500)
def _connections(residences, countries):
    here, there = _places(len(residences)), _places(len(countries))
    left = max((_width(name, SMALL) for name in residences), default=0) + 18
    letter = LARGE if len(countries) == 1 else SMALL
    right = max((_width(name, letter) for name in countries), default=0) + 36
    end = left + STRANDS
    parts = [_strands(left, end, here, there)]
    for y, name in zip(here, residences, strict=True):
        parts.append(f'<circle class="flow-here" cx="{left:g}" cy="{y:g}" r="5"/>{_name(left - 14, y, name, "end")}')
    size = "flow-to" if len(countries) == 1 else ""
    for y, name in zip(there, countries, strict=True):
        parts.append(_goal(end, y, 12 if size else 8) + _name(end + (30 if size else 22), y, name, "start", size))
    if not countries:
        parts.append(_goal(end, MIDDLE, 12))
    drawing = "".join(parts)
    high = max(*here, *there, MIDDLE + 40) - MIDDLE + MARGIN
    box = f"0 {MIDDLE - high:g} {end + right:g} {2 * high:g}"
    return mark_safe(  # noqa: S308 - numbers, and escaped names
        f'<svg class="flow" viewBox="{box}" aria-hidden="true" focusable="false">{drawing}</svg>'
    )


def _places(count):
    """The heights of so many names, around the middle."""
    step = min(ROW, ROOM / (count - 1)) if count > 1 else 0
    return [MIDDLE + (number - (count - 1) / 2) * step for number in range(count)]


def _strands(left, end, here, there):
    """From each to each; where there are several on both sides, through a knot, or nobody could follow them."""
    there = there or [MIDDLE]
    if len(here) > 1 and len(there) > 1:
        knot = (left + end) / 2
        pairs = [(left, y, knot, MIDDLE) for y in here] + [(knot, MIDDLE, end, y) for y in there]
    else:
        pairs = [(left, y, end, other) for y in here for other in there]
    return "".join(_pair(*ends) for ends in pairs)


def _pair(x1, y1, x2, y2):
    bend = (x2 - x1) / 2
    return "".join(
        f'<path class="{name}" d="M{x1:g} {y1:g}C{x1 + bend - side * 9:g} {y1 + side * 16:g}'
        f' {x2 - bend + side * 4:g} {y2 + side * 10:g} {x2:g} {y2:g}"/>'
        for name, side in [("flow-a", -1), ("flow-b", 1)]
    )


def _goal(x, y, size):
    return (
        f'<circle class="flow-there" cx="{x:g}" cy="{y:g}" r="{size}"/>'
        f'<circle class="flow-ring" cx="{x:g}" cy="{y:g}" r="{size * 5 / 3:g}"/>'
    )


def _name(x, y, name, anchor, size=""):
    lines = _lines(name)
    height = 26 if size else 18
    first = y + 5.5 - (len(lines) - 1) * height / 2
    spans = "".join(
        f'<tspan x="{x:g}" y="{first + number * height:g}">{escape(line)}</tspan>' for number, line in enumerate(lines)
    )
    return f'<text class="{size}" text-anchor="{anchor}">{spans}</text>'


def _width(name, letter):
    return max(map(len, _lines(name))) * letter


def _lines(name):
    """A long name in two lines or three."""
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > LONGEST:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


@register.simple_tag
def told_to_machines(project, told, address):
    """The project in the words of schema.org, as JSON that can stand in a page."""
    first, last = (project.years[0][0], project.years[-1][1]) if project.years else (None, None)
    facts = {
        "name": told.title.words,
        "description": told.lead.words,
        "url": address,
        "foundingDate": str(first) if first else "",
        "dissolutionDate": str(last) if last and project.status == project.Status.PAST else "",
        "location": [{"@type": "Country", "name": name} for name in told.countries],
        "funder": [{"@type": "Organization", "name": name.words} for name in told.funders],
        "keywords": told.sectors,
    }
    data = {"@context": "https://schema.org", "@type": "Project"} | {k: v for k, v in facts.items() if v}
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(IN_SCRIPT))  # noqa: S308 - cannot end its script
