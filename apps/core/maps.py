"""Counts of people as a map: one shape a place, each a link that does what the facet does.

The shapes come from one replaceable file, made by `manage.py build_maps`. A map beside a list shows the list's own
counts; any other map must hide small cells (`hide_small`), and then whoever shows a total beside it must see to it
that the hidden cells cannot be had by subtraction.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from math import atan2, cos, hypot, pi, sin
from pathlib import Path

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

GEO = Path(__file__).parent / "data" / "geo"
SHAPES = GEO / "shapes.json"

SMALLEST_SHOWN = 5
CURRENT = ' aria-current="true"'
# Where the second, third and fourth shade begin; the first row whose last step the largest count reaches is used.
SHADES = [(1000, 5000, 20000), (200, 1000, 5000), (50, 200, 1000), (15, 50, 150), (5, 15, 30)]
BUBBLE = 15  # radius
MOST_BUBBLES = 16  # more would cover the map; the other countries keep their shade and their line in the table


@cache
def shapes() -> dict:
    return json.loads(SHAPES.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Row:
    name: str
    href: str
    number: str
    selected: bool


@dataclass(frozen=True)
class Map:
    svg: SafeString
    rows: list[Row]
    legend: tuple[tuple[str, str], ...]  # CSS class of the shade, its range in words

    @property
    def table(self) -> SafeString:
        """The rows of the table beside the map."""
        rows = "\n".join(
            f'<tr><th scope="row"><a href="{escape(row.href)}"{CURRENT if row.selected else ""}>'
            f'{escape(row.name)}</a></th><td dir="ltr">{escape(row.number)}</td></tr>'
            for row in self.rows
        )
        return mark_safe(rows)  # noqa: S308 - names and addresses are escaped


def residence_map(
    counts: Mapping[str, int],
    names: Mapping[str, str],
    link: Callable[[str], str],
    *,
    selected: Collection[str] = (),
    hide_small: bool = False,
) -> Map:
    """Belgium's provinces and Luxembourg as one shape: the keys are ISO 3166-2 codes, and "LU".

    Other keys (people who live elsewhere) appear in the table only.
    """
    counter = Counter(counts, names, link, selected, hide_small)
    drawing = shapes()["residence"]
    parts = []
    for code, unit in sorted(drawing["units"].items(), key=lambda item: -item[1]["room"]):  # Brussels lies on top
        if not counts.get(code):
            parts.append(f'<path class="m0" d="{unit["d"]}"/>')
            continue
        shade = counter.shade(code)
        x, y = unit["at"]
        label = f'<text class="{tone(shade)}" x="{x}" y="{y + 4.5:g}">{counter.number(code)}</text>'
        if unit["room"] < BUBBLE * 0.6:
            label = bubble(x, y, x - 55, y - 92, counter.number(code))
        parts.append(counter.anchor(code, f'<path class="unit m{shade}" d="{unit["d"]}"/>{label}'))
    title = _("Map of the Belgian provinces and Luxembourg with the number of people in each")
    return counter.map(drawing, parts, title)


def ties_map(
    counts: Mapping[str, int],
    names: Mapping[str, str],
    link: Callable[[str], str],
    *,
    selected: Collection[str] = (),
    hide_small: bool = False,
    title: str = "",
    said: Callable[[str, int], str] | None = None,
) -> Map:
    """Africa and its neighbours: the keys are ISO 3166-1 codes. Countries outside the picture are in the table.

    It counts people, unless ``title`` and ``said`` (a sentence for a place and its number) name something else.
    """
    counter = Counter(counts, names, link, selected, hide_small, said)
    drawing = shapes()["ties"]
    units = drawing["units"]
    shown = sorted((code for code in counts if counts[code] and code in units), key=lambda code: -counts[code])
    places = bubble_places(frozenset(shown[:MOST_BUBBLES]))
    # No border between countries that are not shown: they are one shape underneath.
    parts = [f'<path class="land m0" d="{drawing["land"]}"/>']
    # Shapes first, so that none lies over a neighbour's bubble. The bubble is the link that the keyboard reaches.
    for code in shown:
        if units[code]["d"]:
            shape = f'<path class="unit m{counter.shade(code)}" d="{units[code]["d"]}"/>'
            parts.append(counter.quiet_anchor(code, shape) if code in places else counter.anchor(code, shape))
    for code, place in places.items():
        parts.append(counter.anchor(code, bubble(*units[code]["at"], *place, counter.number(code))))
    return counter.map(drawing, parts, title or _("Map of the countries people are connected to"))


class Counter:
    """The counts of one map, with the words, links and shades for them."""

    def __init__(self, counts, names, link, selected, hide_small, said=None):
        self.counts, self.names, self.link, self.said = counts, names, link, said
        self.selected, self.hide_small = selected, hide_small
        largest = max(counts.values(), default=0)
        self.steps = next((steps for steps in SHADES if steps[-1] <= largest), SHADES[-1])

    def shade(self, code):
        return 1 + sum(self.counts[code] >= step for step in self.steps)

    def hidden(self, code):
        return self.hide_small and self.counts[code] < SMALLEST_SHOWN

    def number(self, code):
        return f"&lt;{SMALLEST_SHOWN}" if self.hidden(code) else str(self.counts[code])

    def spoken(self, code):
        if self.hidden(code):
            return _("%(place)s: fewer than %(number)s people") % {
                "place": self.names.get(code, code),
                "number": SMALLEST_SHOWN,
            }
        if self.said:
            return self.said(self.names.get(code, code), self.counts[code])
        sentence = people_in(get_language(), self.counts[code])
        return sentence % {"place": self.names.get(code, code), "number": self.counts[code]}

    def anchor(self, code, inner):
        current = CURRENT if code in self.selected else ""
        return f'<a href="{escape(self.link(code))}" aria-label="{escape(self.spoken(code))}"{current}>{inner}</a>'

    def quiet_anchor(self, code, inner):
        """A second way to the same place for the mouse: neither in the tab order nor read out."""
        return f'<a href="{escape(self.link(code))}" tabindex="-1" aria-hidden="true">{inner}</a>'

    def map(self, drawing, parts, title):
        svg = format_html(
            '<svg class="map-svg" viewBox="0 0 {} {}" role="group" aria-label="{}">{}</svg>',
            drawing["width"],
            drawing["height"],
            title,
            mark_safe("".join(parts)),  # noqa: S308 - numbers, our own paths, and what anchor() escaped
        )
        codes = sorted(filter(self.counts.get, self.counts), key=lambda code: (-self.counts[code], self.names[code]))
        rows = [
            Row(
                name=self.names.get(code, code),
                href=self.link(code),
                number=f"<{SMALLEST_SHOWN}" if self.hidden(code) else str(self.counts[code]),
                selected=code in self.selected,
            )
            for code in codes
        ]
        return Map(svg=svg, rows=rows, legend=self.legend())

    def legend(self):
        first, second, third = self.steps
        smallest = _("fewer than %(number)s") % {"number": first} if self.hide_small else f"1–{first - 1}"
        ranges = [smallest, f"{first}–{second - 1}", f"{second}–{third - 1}", f"{third}+"]
        return tuple((f"m{shade}", words) for shade, words in enumerate(ranges, start=1))


@lru_cache(maxsize=1_000)
def people_in(language: str, number: int) -> str:
    """The sentence for so many people in this language, kept: a map says it of sixty places."""
    return ngettext("%(place)s: %(number)s person", "%(place)s: %(number)s people", number)


def tone(shade: int) -> str:
    """The class of a number's colour on a shade."""
    return "hi" if shade >= 3 else "lo"


def bubble(x, y, bubble_x, bubble_y, number):
    leader = "" if (x, y) == (bubble_x, bubble_y) else f'<path class="leader" d="M{x} {y}L{bubble_x:g} {bubble_y:g}"/>'
    return (
        f'{leader}<circle class="bub" cx="{bubble_x:g}" cy="{bubble_y:g}" r="{BUBBLE}"/>'
        f'<text class="hi" x="{bubble_x:g}" y="{bubble_y + 4.5:g}">{number}</text>'
    )


@lru_cache(maxsize=256)
def bubble_places(codes: frozenset[str]) -> dict[str, tuple[float, float]]:
    """Where each country's bubble goes: at home if there is room, else beside it, where none is in the way.

    The larger the country, the earlier it chooses: small ones find their place in the sea or in what is left.
    """
    drawing = shapes()["ties"]
    units, taken = drawing["units"], {}
    for code in sorted(codes, key=lambda code: (-units[code]["room"], code)):
        taken[code] = next(place for place in nearby(units[code], drawing) if is_free(place, taken.values()))
    return taken


def nearby(unit, drawing):
    """At home, then wider and wider arcs on the side away from the middle of the map, then full rings."""
    x, y = unit["at"]
    if unit["room"] >= BUBBLE / 3:
        yield x, y
    width, height = drawing["width"], drawing["height"]
    outward = atan2(y - height / 2, x - width / 2)
    for most_turns, reaches in [(4, range(20, 90, 8)), (8, range(20, 400, 8))]:
        for reach in reaches:
            for turn in sorted(range(-most_turns, most_turns + 1), key=abs):
                angle = outward + turn * pi / 8
                place = round(x + reach * cos(angle), 1), round(y + reach * sin(angle), 1)
                if BUBBLE < place[0] < width - BUBBLE and BUBBLE < place[1] < height - BUBBLE:
                    yield place


def is_free(place, taken):
    return all(hypot(place[0] - x, place[1] - y) > 2 * BUBBLE + 1 for x, y in taken)
